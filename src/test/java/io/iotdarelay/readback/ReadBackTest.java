package io.iotdarelay.readback;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Shadow;
import io.iotdarelay.model.Diagnosis;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What is looked for, when, how often, and what is made of it. */
class ReadBackTest {

    private static final Answer.Said SAID = new Answer.Said(400, Optional.empty(), "no");

    private final ReadBackWorld world = new ReadBackWorld();

    @Test
    void whatIsThereIsStored() {
        world.watch("d", "{\"n\":1}");

        world.deliver("d", "{\"n\":21}");
        world.shows("{\"n\":21.0,\"older\":true}");
        world.pass(30);

        world.assertCounted("r S stored 1");
        assertThat(world.asked).containsExactly(new DeviceId("d"));
        ReadBackStatus.Route route = route();
        assertThat(route.delivered()).contains(Instant.parse("2026-11-30T12:10:20Z"));
        assertThat(route.seen().orElseThrow()).isAfter(route.delivered().orElseThrow());
        assertThat(route.outcomes()).containsExactly(Map.entry("stored", 2L));
    }

    @Test
    void theNewestReportOfATurnIsTheOneThatIsLookedFor() {
        world.watch("d", "{\"n\":1}");

        for (int n = 2; n <= 9; n++) {
            world.deliver("d", "{\"n\":" + n + "}");
        }
        world.shows("{\"n\":9}");
        world.pass(10);

        world.assertCounted("r S stored 1");
    }

    @Test
    void aShadowMayBeLate() {
        world.watch("d", "{\"n\":1}");
        world.shows("{\"n\":1}");

        world.deliver("d", "{\"n\":2}");
        world.pass(40);
        assertThat(world.asked).as("asked twice, and no verdict").hasSize(2);
        world.assertCounted();
        world.shows("{\"n\":2}");
        world.pass(30);

        world.assertCounted("r S stored 1");
        assertThat(world.asked).hasSize(3);
    }

    @Test
    void whatIsNotThereIsMissingAfterAllPatience() {
        world.watch("d", "{\"n\":1}");
        Instant delivered = world.clock.instant();

        world.deliver("d", "{\"n\":2,\"x\":1}");
        world.shows("{\"n\":2}");
        world.pass(90);

        world.assertCounted("r S missing 1");
        assertThat(world.askedAt.stream()
                        .map(at -> Duration.between(delivered, at).toSeconds()))
                .containsExactly(6L, 16L, 61L);
    }

    @Test
    void aServiceThatIsNotThereIsMissing() {
        world.watch("d", "{\"n\":1}");

        world.deliver("d", "{\"n\":2}");
        world.shows("S", null, null);
        world.pass(90);

        world.assertCounted("r S missing 1");
    }

    @Test
    void anOlderValueIsDifferent() {
        world.watch("d", "{\"n\":1}");
        world.shows("{\"n\":1}");
        world.pass(10);

        world.deliver("d", "{\"n\":2}");
        world.pass(90);

        world.assertCounted("r S different 1");
    }

    @ParameterizedTest
    @CsvSource({"9007199254740993, 9007199254740992", "0.10000000000000000001, 0.1"})
    void numbersAreComparedWithAllTheirDigits(String reported, String shown) {
        world.watch("d", "{\"n\":1}");
        for (int i = 0; i < 3; i++) {
            world.deliver("d", "{\"n\":" + reported + "}");
            world.shows("{\"n\":" + shown + "}");
            world.pass(130);
        }

        world.assertCounted("r S different 3");
        assertThat(world.readBack.status().notStored())
                .singleElement()
                .satisfies(finding -> assertThat(finding.reason()).contains("fewer digits"));
    }

    @Test
    void aLaterReportOfTheRelayIsNewer() {
        world.watch("d", "{\"n\":1}");

        world.deliver("d", "{\"n\":2}");
        world.pass(2);
        world.deliver("d", "{\"n\":3}");
        world.shows("{\"n\":3}");
        world.pass(30);

        world.assertCounted("r S newer 1");
        assertThat(route().seen()).isPresent();
    }

    @Test
    void aValueOfSomebodyElseIsNewerByItsTime() {
        world.watch("d", "{\"n\":1}");
        Optional<Instant> seen = route().seen();

        world.deliver("d", "{\"n\":2}");
        world.shows("S", "{\"n\":77}", world.clock.instant().plusSeconds(20));
        world.pass(30);

        world.assertCounted("r S newer 1");
        assertThat(route().seen()).as("that proves nothing of ours").isEqualTo(seen);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {"-3", "0", "3", "-600", "none"})
    void whatMayBeTheTimeOfTheReportItselfIsNotNewer(@Nullable Integer seconds) {
        world.watch("d", "{\"n\":1}");

        world.deliver("d", "{\"n\":2}");
        world.shows(
                "S", "{\"n\":1}", seconds == null ? null : world.clock.instant().plusSeconds(seconds));
        world.pass(90);

        world.assertCounted("r S different 1");
    }

    @Test
    void theTimeOfTheDeliveryIsThatOfTheReportHoweverLateItWas() {
        world.watch("d", "{\"n\":1}");

        world.deliver("d", "S", "{\"n\":2}", world.clock.instant().minusSeconds(3_600));
        world.shows("S", "{\"n\":1}", world.clock.instant().plusSeconds(1));
        world.pass(90);

        world.assertCounted("r S different 1");
    }

    @Test
    void anOldReportIsOvertakenByWhatIsThere() {
        world.watch("d", "{\"n\":1}");

        world.deliver("d", "S", "{\"n\":2}", world.clock.instant().minusSeconds(86_400));
        world.shows("S", "{\"n\":1}", world.clock.instant().minusSeconds(3_600));
        world.pass(30);

        world.assertCounted("r S newer 1");
    }

    @Test
    void aDeviceThatReportsFasterThanItIsReadIsNewer() {
        world.watch("d", "{\"n\":1}");

        for (int i = 0; i < 10; i++) {
            for (int n = 0; n < 100; n++) {
                world.deliver("d", "{\"n\":" + (i * 1000 + n) + "}");
            }
            world.shows("{\"n\":" + (i * 1000 + 3) + "}");
            world.pass(1);
        }

        world.assertCounted("r S newer 1");
    }

    @Test
    void eachServiceHasAVerdictOfItsOwn() {
        Instant now = world.clock.instant();
        Report both = new Report.Properties(
                new DeviceId("d"),
                ReadBackWorld.json(text("S", "{\"n\":1}", now) + ',' + text("T", "{\"t\":[1,{\"a\":\"b\"}]}", now)));
        world.deliver(both);
        world.shows("{\"n\":1}");
        world.shows("T", "{\"t\":[1.0,{\"a\":\"b\"}]}", now);
        world.pass(620);
        assertThat(world.asked).as("one shadow has both").hasSize(1);

        world.deliver(both);
        world.shows("T", "{\"t\":[1.0,{\"a\":\"c\"}]}", now);
        world.pass(90);

        world.assertCounted("r S stored 2", "r T stored 1", "r T different 1");
        assertThat(world.asked).hasSize(4);
    }

    private ReadBackStatus.Route route() {
        return Objects.requireNonNull(world.readBack.status().routes().get("r"));
    }

    private static String text(String service, String properties, Instant time) {
        return new String(ReadBackWorld.entry(service, properties, time).utf8(), StandardCharsets.UTF_8);
    }

    @Test
    void aChildHasAShadowOfItsOwn() {
        Report child = new Report.ChildProperties(
                new DeviceId("child"),
                new DeviceId("gateway"),
                ReadBackWorld.entry("S", "{\"n\":1}", world.clock.instant()));
        world.deliver(child);
        world.pass(2);

        world.deliver(child);
        world.shows("{\"n\":1}");
        world.pass(10);

        world.assertCounted("r S stored 1");
        assertThat(world.asked).containsExactly(new DeviceId("child"));
    }

    @Test
    void messagesAndWhatTheShadowCannotHoldAreNotLookedFor() {
        for (int i = 0; i < 60; i++) {
            world.deliver(new Report.Message(new DeviceId("m"), ReadBackWorld.json("{\"content\":1}")));
            world.deliver("dotted", "{\"a.b\":1,\"$c\":2}");
            world.deliver("odd", "S.T", "{\"n\":1}", world.clock.instant());
            world.deliver("none", "{}");
            world.deliver("null", "{\"n\":null}");
            world.pass(1);
        }

        assertThat(world.asked).isEmpty();
        assertThat(world.readBack.status().devices()).isZero();
    }

    @Test
    void namesThatTheShadowCannotHoldAreNotMissing() {
        world.watch("d", "{\"n\":1}");

        world.deliver("d", "{\"n\":2,\"a.b\":1,\"$c\":2}");
        world.shows("{\"n\":2}");
        world.pass(10);

        world.assertCounted("r S stored 1");
    }

    @Test
    void aMaskedValueIsForgotten() {
        world.watch("d", "{\"n\":\"x\"}");

        world.deliver("d", "{\"n\":\"y\"}");
        world.shows("{\"n\":\"****\"}");
        world.pass(90);

        world.assertCounted();
        assertThat(world.readBack.status().forgotten()).isEqualTo(1);
    }

    static Stream<Answer<Shadow>> noShadows() {
        return Stream.of(
                new Answer.Absent<>(SAID),
                new Answer.Refused<>(SAID),
                new Answer.Exists<>(SAID),
                new Answer.Found<>(new Shadow(new DeviceId("another"), List.of())));
    }

    @ParameterizedTest
    @MethodSource("noShadows")
    void anotherDeviceStandsForOneWithoutAShadow(Answer<Shadow> answer) {
        world.watch("d", "{\"n\":1}");
        world.side = device -> answer;

        world.deliver("d", "{\"n\":2}");
        world.pass(10);

        world.assertCounted();
        assertThat(world.readBack.status().forgotten()).isEqualTo(1);
        assertThat(world.readBack.status().devices()).isZero();
    }

    static Stream<Answer<Shadow>> troubles() {
        return Stream.of(
                new Answer.Throttled<>(SAID, Optional.empty()),
                new Answer.Misconfigured<>("key", true),
                new Answer.Unreachable<>("gone", true),
                new Answer.Withheld<>("breaker"));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void troubleOfTheApplicationSideIsForgotten(Answer<Shadow> answer) {
        for (int d = 0; d < 3; d++) {
            world.deliver("d" + d, "{\"n\":1}");
        }
        world.pass(2);
        world.side = device -> answer;

        for (int i = 0; i < 600; i++) {
            for (int d = 0; d < 3; d++) {
                world.deliver("d" + d, "{\"n\":" + i + "}");
            }
            world.pass(1);
        }

        world.assertCounted();
        assertThat(world.asked.size()).as("once a minute").isBetween(2, 10);
        assertThat(world.readBack.status().forgotten()).isEqualTo(world.asked.size());
        for (int i = 1; i < world.askedAt.size(); i++) {
            assertThat(Duration.between(world.askedAt.get(i - 1), world.askedAt.get(i)))
                    .isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        }
    }

    @Test
    void anotherInstanceMayReportByNow() {
        world.watch("d", "{\"n\":1}");
        world.deliver("d", "{\"n\":2}");
        world.pass(2);

        world.assignment.isOver = true;
        world.shows("{\"n\":5}");
        world.pass(90);

        world.assertCounted();
        assertThat(world.asked).isEmpty();
        assertThat(world.readBack.status().forgotten()).isEqualTo(1);
    }

    @Test
    void othersComeFirst() {
        world.watch("d", "{\"n\":1}");
        world.deliver("d", "{\"n\":2}");
        world.shows("{\"n\":2}");

        world.waiting = 1;
        world.pass(60);
        assertThat(world.asked).isEmpty();
        world.waiting = 0;
        world.pass(2);

        world.assertCounted("r S stored 1");
    }

    @Test
    void aCheckThatNeverHasItsTurnIsForgotten() {
        world.watch("d", "{\"n\":1}");
        world.deliver("d", "{\"n\":2}");
        world.waiting = 1;
        world.pass(700);

        assertThat(world.readBack.status().forgotten()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "1, 4", "2, 2"})
    void asksAtMostOnceASecondAndAQuarterOfThePace(double rate, long seconds) {
        world.rate = rate;
        ReadBackWorld many = world;
        for (int i = 0; i < 120; i++) {
            for (int s = 0; s < 40; s++) {
                many.deliver("d" + s, "S" + s, "{\"n\":" + i + "}", many.clock.instant());
            }
            many.pass(1);
        }

        assertThat(many.asked.size()).isGreaterThan(20);
        for (int i = 1; i < many.askedAt.size(); i++) {
            assertThat(Duration.between(many.askedAt.get(i - 1), many.askedAt.get(i)))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(seconds));
        }
    }

    @Test
    void aFewDevicesStandForAllAndOthersForThoseThatFallSilent() {
        for (int i = 0; i < 60; i++) {
            for (int d = 0; d < 20; d++) {
                world.deliver("d" + d, "{\"n\":" + i + "}");
            }
            world.shows("{\"n\":" + i + "}");
            world.pass(1);
        }
        Set<DeviceId> first = new HashSet<>(world.asked);
        assertThat(first).containsExactlyInAnyOrder(new DeviceId("d0"), new DeviceId("d1"), new DeviceId("d2"));

        for (int i = 0; i < 9_000; i++) {
            for (int d = 3; d < 20; d++) {
                world.deliver("d" + d, "{\"n\":" + i + "}");
            }
            world.shows("{\"n\":" + i + "}");
            world.pass(1);
        }

        Set<DeviceId> all = new HashSet<>(world.asked);
        assertThat(all)
                .containsExactlyInAnyOrderElementsOf(Stream.of("d0", "d1", "d2", "d3", "d4", "d5")
                        .map(DeviceId::new)
                        .toList());
        assertThat(world.readBack.status().devices()).isEqualTo(3);
    }

    @Test
    void aDeviceThatDropsAServiceNoLongerStandsForIt() {
        ReadBackWorld one =
                new ReadBackWorld(new ReadBackProperties(true, 1, Duration.ofSeconds(10), Duration.ofSeconds(12), 1));
        one.deliver("old", "T", "{\"n\":1}", one.clock.instant());
        one.pass(1);

        for (int i = 0; i < 300; i++) {
            one.deliver("old", "S", "{\"n\":1}", one.clock.instant());
            one.deliver("new", "T", "{\"n\":1}", one.clock.instant());
            one.shows("{\"n\":1}");
            one.shows("T", "{\"n\":1}", one.clock.instant());
            one.pass(1);
        }

        assertThat(one.asked).contains(new DeviceId("new"));
    }

    /** 5 products with 3 services each, an hour by default: 15 devices if each reports all services of its product, otherwise 45. */
    @ParameterizedTest
    @CsvSource({"true, 90", "false, 270"})
    void costsFewCalls(boolean together, int most) {
        ReadBackProperties byDefault =
                new ReadBackProperties(true, 3, Duration.ofMinutes(10), Duration.ofMinutes(1), 1);
        ReadBackWorld hour = new ReadBackWorld(
                byDefault,
                new Diagnosis(() -> LoadedModels.NONE, device -> device.value().substring(0, 2)));
        for (int s = 0; s < 3; s++) {
            hour.shows("S" + s, "{\"n\":1}", hour.clock.instant());
        }

        for (int i = 0; i < 3_600; i++) {
            for (int d = 0; d < 100 && i % 10 == 0; d++) {
                Instant now = hour.clock.instant();
                String device = "p" + d % 5 + "-" + d;
                String services = together
                        ? text("S0", "{\"n\":1}", now)
                                + ','
                                + text("S1", "{\"n\":1}", now)
                                + ','
                                + text("S2", "{\"n\":1}", now)
                        : text("S" + d / 5 % 3, "{\"n\":1}", now);
                hour.deliver(new Report.Properties(new DeviceId(device), ReadBackWorld.json(services)));
            }
            hour.pass(1);
        }

        assertThat(hour.asked.size()).isBetween(most * 2 / 3, most);
        assertThat(hour.readBack.status().services()).isEqualTo(15);
        assertThat(new HashSet<>(hour.asked)).hasSize(together ? 15 : 45);
    }

    @Test
    void memoryIsBoundedWhateverIsReported() {
        for (int i = 0; i < 400; i++) {
            for (int n = 0; n < 500; n++) {
                int device = (i * 500 + n) % 100_000;
                world.deliver("d" + device, "S" + (i * 64 + n) % 5_000, "{\"n\":1}", world.clock.instant());
            }
            world.pass(1);
        }

        Deliveries deliveries = (Deliveries) world.readBack.deliveries();
        assertThat(world.readBack.status().services()).isEqualTo(Canaries.MOST_TARGETS);
        assertThat(world.readBack.status().devices()).isLessThanOrEqualTo(3 * Canaries.MOST_TARGETS);
        assertThat(deliveries.watched()).isLessThanOrEqualTo(3 * Canaries.MOST_TARGETS);
        assertThat(deliveries.holding()).isLessThanOrEqualTo(Deliveries.MOST_HOLDING);
        assertThat(world.registry.find("relay.platform.read.back").counters()).hasSizeLessThanOrEqualTo(4 * 1_001);
    }

    @Test
    void whatIsMissingAgainAndAgainIsToldUntilItIsStored() {
        List<Integer> told = new ArrayList<>();
        world.watch("d", "{\"n\":1}");
        for (int i = 0; i < 3; i++) {
            world.deliver("d", "{\"n\":2,\"x\":\"topsecret\"}");
            world.shows("{\"n\":2}");
            world.pass(130);
            told.add(world.readBack.status().notStored().size());
        }

        world.assertCounted("r S missing 3");
        assertThat(told).containsExactly(0, 0, 1);
        assertThat(world.gauge("relay.platform.read.back.not.stored")).isEqualTo(1);
        assertThat(world.readBack.status().notStored()).singleElement().satisfies(finding -> {
            assertThat(finding.describe())
                    .startsWith("route r, service S, property x: missing on the platform, last of device d, which"
                            + " reported \"topsecret\"; ");
            assertThat(finding.toString()).contains("property x").doesNotContain("topsecret");
            assertThat(finding.reason()).contains("the relay has no product model");
        });

        world.deliver("d", "{\"n\":3,\"x\":4}");
        world.shows("{\"n\":3,\"x\":4}");
        world.pass(700);
        assertThat(world.readBack.status().notStored()).isEmpty();
        assertThat(world.gauge("relay.platform.read.back.not.stored")).isZero();
    }

    @Test
    void theReportThatADeviceIsChosenByIsChecked() {
        world.shows("{\"n\":1}");
        world.deliver("d", "{\"n\":1}");
        world.pass(10);

        world.assertCounted("r S stored 1");
        assertThat(world.gauge("relay.platform.read.back.age")).isBetween(0.0, 5.0);
    }

    /** What came between being sampled and being watched is not known. */
    @Test
    void anotherValueThanTheOneThatADeviceIsChosenByMayBeNewer() {
        world.shows("{\"n\":7}");
        world.deliver("d", "{\"n\":1}");
        world.deliver("d", "{\"n\":2}");
        world.pass(90);

        world.assertCounted("r S newer 1");
    }

    @ParameterizedTest
    @CsvSource({"900, 12", "3600, 10", "86400, 3"})
    void aFleetThatReportsSeldomIsChecked(int every, int least) {
        for (int i = 0; i < 5; i++) {
            for (int d = 0; d < 20; d++) {
                world.deliver("d" + d, "{\"n\":" + i + "}");
            }
            world.shows("{\"n\":" + i + "}");
            world.pass(every);
        }

        assertThat(route().outcomes()).containsOnlyKeys("stored");
        assertThat(world.asked).hasSizeGreaterThanOrEqualTo(least);
        assertThat(world.gauge("relay.platform.read.back.age")).isLessThanOrEqualTo(every);
    }

    /** The service's time moves with what is stored of it, and with each report. */
    @ParameterizedTest
    @CsvSource({"5", "20", "30"})
    void oneDiscardedPropertyIsDifferentHoweverOftenADeviceReports(int every) {
        world.watch("d", "{\"n\":0,\"x\":0}");

        for (int i = 1; i <= 100; i++) {
            if (i % every == 1) {
                world.deliver("d", "{\"n\":" + i + ",\"x\":" + i + "}");
                world.shows("{\"n\":" + i + ",\"x\":0}");
            }
            world.pass(1);
        }

        world.assertCounted("r S different 1");
    }

    @Test
    void whatIsNoLongerReportedIsNotToldForever() {
        world.watch("d", "{\"n\":1}");
        for (int i = 0; i < 3; i++) {
            world.deliver("d", "{\"n\":2,\"x\":1}");
            world.shows("{\"n\":2}");
            world.pass(130);
        }
        for (int i = 0; i < 60; i++) {
            world.deliver("d", "{\"n\":2}");
            world.pass(60);
        }
        assertThat(world.told()).as("an hour later").containsExactly("x");

        for (int i = 0; i < 70; i++) {
            world.deliver("d", "{\"n\":2}");
            world.pass(60);
        }
        assertThat(world.told()).isEmpty();
    }

    @Test
    void twoRoutesOfAProductAreCheckedBoth() {
        ReadBackWorld one =
                new ReadBackWorld(new ReadBackProperties(true, 1, Duration.ofMinutes(10), Duration.ofMinutes(1), 1));
        Report report =
                new Report.Properties(new DeviceId("d"), ReadBackWorld.entry("S", "{\"n\":1}", one.clock.instant()));
        Report other =
                new Report.Properties(new DeviceId("e"), ReadBackWorld.entry("S", "{\"m\":1}", one.clock.instant()));
        one.shows("{\"n\":1,\"m\":1}");
        one.deliver("r", report);
        one.deliver("q", other);
        one.pass(20);

        one.assertCounted("r S stored 1", "q S stored 1");
        assertThat(one.readBack.status().services()).isEqualTo(2);
    }

    @Test
    void aDeviceStandsForEachRouteOfItsService() {
        Report report =
                new Report.Properties(new DeviceId("d"), ReadBackWorld.entry("S", "{\"n\":1}", world.clock.instant()));
        world.shows("{\"n\":1}");
        world.deliver("r", report);
        world.deliver("q", report);
        world.pass(620);
        world.deliver("r", report);
        world.deliver("q", report);
        world.pass(20);

        assertThat(world.readBack.status().routes()).containsOnlyKeys("r", "q");
    }

    @Test
    void aNumberThatIsNoneIsForgotten() {
        world.watch("d", "{\"n\":1}");

        world.deliver("d", "{\"n\":2}");
        world.shows("{\"n\":NaN}");
        world.pass(90);

        world.assertCounted();
        assertThat(world.forgotten("unclear")).isEqualTo(1);
    }

    @Test
    void anEarlierValueOfAReportProvesNothing() {
        world.watch("d", "{\"n\":0}");

        Instant now = world.clock.instant();
        world.deliver(new Report.Properties(
                new DeviceId("d"),
                ReadBackWorld.json(text("S", "{\"n\":2}", now) + ',' + text("S", "{\"n\":1}", now.minusSeconds(1)))));
        world.shows("{\"n\":1}");
        world.pass(90);

        world.assertCounted();
        assertThat(world.forgotten("unclear")).isEqualTo(1);
    }

    @Test
    void aDefectCostsOneDevice() {
        JsonNode broken = new ObjectNode(JsonNodeFactory.instance) {
            @Override
            public JsonNode get(String name) {
                throw new IllegalStateException("defect");
            }
        };
        world.watch("bad", "{\"n\":1}");
        world.watch("good", "{\"n\":1}");
        for (int i = 0; i < 3; i++) {
            world.deliver("good", "{\"n\":1,\"x\":1}");
            world.pass(130);
        }
        world.side = device -> device.value().equals("bad")
                ? new Answer.Found<>(new Shadow(
                        device,
                        List.of(new Shadow.Service(
                                "S", 1, Optional.of(new Shadow.Reported(broken, Optional.empty()))))))
                : world.shadow(device);

        for (int i = 0; i < 60; i++) {
            world.deliver("bad", "{\"n\":1}");
            world.pass(1);
        }

        assertThat(world.forgotten("defect")).as("and it is not chosen again").isEqualTo(1);
        assertThat(world.readBack.status().devices()).isEqualTo(1);
        assertThat(world.told()).containsExactly("x");
    }

    @Test
    void whatIsOfNoUseMakesRoomForOthers() {
        Deliveries deliveries = (Deliveries) world.readBack.deliveries();
        world.watch("d", "{\"n\":1}");

        world.deliver("d", "T", "{\"n\":5}", world.clock.instant());
        assertThat(deliveries.holding()).isEqualTo(1);
        world.pass(1);
        assertThat(deliveries.holding()).isZero();
        world.deliver("d", "{\"n\":2}");
        world.shows("{\"n\":2}");
        world.pass(10);

        world.assertCounted("r S stored 1");
    }

    @Test
    void aDeviceWithoutAShadowIsNotChosenAgainForAnHour() {
        world.side = device -> new Answer.Absent<>(SAID);

        for (int i = 0; i < 3_500; i++) {
            world.deliver("d", "{\"n\":1}");
            world.pass(1);
        }
        assertThat(world.asked).hasSize(1);
        for (int i = 0; i < 200; i++) {
            world.deliver("d", "{\"n\":1}");
            world.pass(1);
        }
        assertThat(world.asked).hasSize(2);
    }

    @Test
    void manyDevicesWithoutAShadowAreNoReasonToAskForAll() {
        world.side = device -> new Answer.Refused<>(SAID);

        for (int i = 0; i < 600; i++) {
            for (int d = 0; d < 100; d++) {
                world.deliver("d" + d, "{\"n\":1}");
            }
            world.pass(1);
        }

        assertThat(world.asked.size()).as("three, and then one a minute").isBetween(8, 14);
        assertThat(world.forgotten("no-shadow")).isEqualTo(world.asked.size());
    }

    @Test
    void theRestIsCheckedThoughAnAnswerNeverComes() {
        world.watch("d", "{\"n\":1}");
        world.isSilent = true;
        world.deliver("d", "{\"n\":2}");
        world.pass(130);
        assertThat(world.forgotten("trouble")).isEqualTo(1);

        world.isSilent = false;
        world.pass(620);
        world.deliver("d", "{\"n\":3}");
        world.shows("{\"n\":3}");
        world.pass(10);

        world.assertCounted("r S stored 1");
    }

    @Test
    void whatWasSeenLongAgoIsNotCurrent() {
        assertThat(world.readBack.status().isCurrent()).isFalse();
        world.watch("d", "{\"n\":1}");
        world.pass(6_000);
        assertThat(world.readBack.status().isCurrent()).isTrue();
        world.pass(1_000);

        assertThat(world.readBack.status().isCurrent()).isFalse();
        assertThat(world.gauge("relay.platform.read.back.age")).isGreaterThan(7_200);
    }

    @Test
    void aDefectCostsNoTurn() {
        world.watch("d", "{\"n\":1}");
        world.side = device -> {
            throw new IllegalStateException("defect");
        };
        world.deliver("d", "{\"n\":2}");
        world.pass(10);
        assertThat(world.readBack.status().forgotten()).as("the call failed").isEqualTo(1);

        world.readBack.close();
    }
}

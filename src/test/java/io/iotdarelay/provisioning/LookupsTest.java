package io.iotdarelay.provisioning;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.DevicePage;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryEntry.Barrier;
import io.iotdarelay.devices.LearntDevices;
import io.iotdarelay.devices.Outlook;
import io.iotdarelay.devices.Want;
import io.iotdarelay.metrics.RegistrationMeters;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.Provision;
import io.iotdarelay.telemetry.ProvisionRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What the platform is asked, and what follows from its answers, in virtual time. */
class LookupsTest {

    private static final Duration KNOWN_FOR = Duration.ofHours(6);
    private static final Duration ABSENT_FOR = Duration.ofMinutes(5);
    private static final Duration SOON = FakeSide.LATENCY.multipliedBy(2);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final FakeSide side = new FakeSide(time);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<ProvisionRequest> created = new ArrayList<>();
    private final List<DirectoryEntry> kept = new ArrayList<>();
    private final List<DeviceId> forgotten = new ArrayList<>();
    private final LearntDevices learnt = new LearntDevices() {
        @Override
        public void keep(DirectoryEntry entry) {
            kept.add(entry);
        }

        @Override
        public void forget(DeviceId device) {
            forgotten.add(device);
        }
    };
    private @Nullable Function<ProvisionRequest, Registration> registrar;
    private boolean nodes;
    private @Nullable PlatformDirectory made;

    private PlatformDirectory platform() {
        PlatformDirectory known = made;
        if (known == null) {
            Memory memory = new Memory(100_000, this::nanoTime);
            Function<ProvisionRequest, Registration> how = registrar;
            Optional<Registrar> by = how == null
                    ? Optional.empty()
                    : Optional.of(request -> {
                        created.add(request);
                        return Mono.delay(FakeSide.LATENCY, time).map(ignored -> how.apply(request));
                    });
            Lookups lookups = new Lookups(
                    side,
                    by,
                    learnt,
                    memory,
                    new Lookups.Rules(KNOWN_FOR, ABSENT_FOR, nodes),
                    new RegistrationMeters(registry),
                    time,
                    this::nanoTime,
                    new SplittableRandom(1));
            known = new PlatformDirectory(memory, lookups, this::nanoTime);
            made = known;
        }
        return known;
    }

    private long nanoTime() {
        return time.now(TimeUnit.NANOSECONDS);
    }

    private void advance(Duration duration) {
        time.advanceTimeBy(duration);
    }

    private Outlook want(String device) {
        return want(device, "route", null);
    }

    private Outlook want(String device, String route, @Nullable Provision provision) {
        Outlook outlook = platform().want(new Want(device(device), route, Optional.ofNullable(provision), true));
        time.advanceTime();
        return outlook;
    }

    /** As the poll thread does while a record waits. */
    private Outlook still(String device) {
        return platform().want(Want.still(device(device)));
    }

    private void learn(String device) {
        Outlook unused = want(device);
        advance(SOON);
    }

    private Optional<String> secret(String device) {
        return platform()
                .credentials(device(device))
                .map(credentials -> credentials.secret().value());
    }

    private double count(String outcome) {
        return registry.find("relay.devices.lookups").tag("outcome", outcome).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static ProvisionRequest request(String device) {
        return new ProvisionRequest("route", device(device), "product", device, Optional.empty(), Optional.empty());
    }

    @Test
    void asksOnceHoweverManyWantIt() {
        side.with("a", "secret-of-a");
        assertThat(platform().isLoaded()).isTrue();
        assertThat(want("a").open()).isTrue();
        assertThat(want("a").open()).isTrue();
        assertThat(want("a", "other", null).detail()).isEqualTo("the platform is being asked for it");
        assertThat(platform().find(device("a"))).isEmpty();
        assertThat(platform().status().lookups().orElseThrow().waiting()).isEqualTo(1);

        advance(SOON);

        DirectoryEntry entry = platform().find(device("a")).orElseThrow();
        assertThat(entry.secret()).isEqualTo(new DeviceSecret("secret-of-a"));
        assertThat(entry.product()).isEqualTo("product");
        assertThat(entry.gateway()).isNull();
        assertThat(side.asked).containsExactly("a");
        assertThat(platform().status().devices()).isEqualTo(1);
        assertThat(count("found")).isEqualTo(1);
    }

    @Test
    void knowsTheGatewayOfAChild() {
        side.with(FakeSide.device("c", Device.Status.INACTIVE, Device.Proof.OTHER, "g", null, null));
        learn("c");

        assertThat(kept).containsExactly(new DirectoryEntry(device("c"), null, device("g"), "product", null, null));
        assertThat(platform().gatewayOf(device("c"))).contains(device("g"));
        assertThat(still("c").open()).as("it has no secret, and will have none").isFalse();
    }

    @Test
    void remembersForATimeWhatThePlatformDoesNotHave() {
        learn("a");
        assertThat(want("a")).isEqualTo(new Outlook(false, "the platform does not know it (IOTDA.014000)"));
        advance(ABSENT_FOR.minusSeconds(1));
        assertThat(want("a").open()).isFalse();
        assertThat(side.asked).hasSize(1);

        side.with("a", "secret");
        advance(Duration.ofSeconds(1));
        learn("a");
        assertThat(secret("a")).contains("secret");
        assertThat(side.asked).hasSize(2);
        assertThat(platform().status().lookups().orElseThrow().absent()).isZero();
    }

    @Test
    void refusedIsNotAbsentButEndsTheWait() {
        side.all = () -> new Answer.Refused<>(new Answer.Said(403, Optional.of("IOTDA.9"), "no"));
        learn("a");

        assertThat(still("a")).isEqualTo(new Outlook(false, "the platform does not tell: HTTP 403 IOTDA.9: no"));
    }

    @Test
    void aDeviceWhoseSecretIsNotShownIsUnknown() {
        side.with(FakeSide.device("a", Device.Status.ONLINE, Device.Proof.SECRET, null, null, null));
        learn("a");

        assertThat(platform().find(device("a"))).isEmpty();
        assertThat(still("a")).isEqualTo(new Outlook(false, "the platform does not show its secret"));
    }

    @Test
    void findsRealDevicesBehindThousandsThatDoNotExist() {
        int strangers = 10_000;
        for (int i = 0; i < strangers; i++) {
            side.with("real" + i % 50, "secret");
            assertThat(want("stranger" + i).open()).isTrue();
            if (i % 200 == 0) {
                assertThat(want("real" + i / 200).open()).isTrue();
            }
        }
        List<String> found = new ArrayList<>();
        int seconds = 0;
        while (found.size() < 50) { // each reports once a second
            for (int i = 0; i < 50; i++) {
                String name = "real" + i;
                if (!found.contains(name) && secret(name).isPresent()) {
                    found.add(name);
                } else if (!found.contains(name)) {
                    assertThat(want(name).open()).isTrue();
                }
            }
            for (int i = 0; i < strangers; i++) {
                Outlook unused = still("stranger" + i);
            }
            advance(Duration.ofSeconds(1));
            seconds++;
            assertThat(seconds).as("found " + found.size()).isLessThan(10);
        }
        assertThat(side.most).isEqualTo(Lookups.AT_A_TIME);

        for (int i = 0; i < 80; i++) {
            for (int j = 0; j < strangers; j++) {
                Outlook unused = still("stranger" + j);
            }
            advance(Duration.ofSeconds(1));
        }
        assertThat(side.asked).as("once each").hasSize(strangers + 50).doesNotHaveDuplicates();
        assertThat(platform().lookups().waiting()).isZero();
    }

    @Test
    void aRouteIsNotDelayedByTheFloodOfAnother() {
        for (int i = 0; i < 1000; i++) {
            assertThat(want("stranger" + i, "flood", null).open()).isTrue();
        }
        assertThat(want("a", "quiet", null).open()).isTrue();
        advance(SOON);

        assertThat(side.asked.indexOf("a")).isBetween(0, Lookups.AT_A_TIME + 2);
    }

    @Test
    void doesNotAskForWhatNobodyWaitsForAnyMore() {
        for (int i = 0; i < 1000; i++) {
            assertThat(want("gone" + i).open()).isTrue();
        }
        side.all = () -> new Answer.Throttled<>(new Answer.Said(429, Optional.empty(), ""), Optional.empty());
        advance(Duration.ofSeconds(31));
        int before = side.asked.size();
        side.all = null;
        advance(Duration.ofSeconds(5));

        assertThat(side.asked.size() - before).isLessThanOrEqualTo(Lookups.AT_A_TIME);
        assertThat(platform().lookups().waiting()).isZero();
    }

    @Test
    void waitsForAPlatformThatIsAwayAndKeepsWhatItKnows() {
        side.with("known", "secret");
        learn("known");
        side.asked.clear();
        side.all = () -> new Answer.Unreachable<>("no answer", true);
        for (int i = 0; i < 100; i++) {
            assertThat(want("new" + i).open()).isTrue();
        }
        for (int i = 0; i < 600; i++) {
            for (int j = 0; j < 100; j++) {
                assertThat(still("new" + j))
                        .isIn(
                                new Outlook(true, "the platform is being asked for it"),
                                new Outlook(true, "the platform cannot be asked for it: no answer"));
            }
            advance(Duration.ofSeconds(1));
        }
        assertThat(side.asked).as("one at a time, every few seconds").hasSizeBetween(100, 160);
        assertThat(platform().status().lookups().orElseThrow().trouble()).contains("no answer");
        assertThat(platform().status().trouble()).as("not the directory's").isEmpty();
        assertThat(secret("known")).contains("secret");

        side.all = null;
        side.with("new7", "secret");
        advance(Duration.ofSeconds(8));
        assertThat(secret("new7")).contains("secret");
        assertThat(still("new8").detail()).startsWith("the platform does not know it");
        assertThat(platform().status().lookups().orElseThrow().trouble()).isEmpty();
    }

    /** It says the same as the device side does for one device, and says nothing about any. */
    @Test
    void anAccessKeyThatIsRefusedSaysNothingAboutDevices() {
        side.with("known", "secret");
        learn("known");
        side.all = () -> new Answer.Misconfigured<>("HTTP 401 IOTDA.000002", true);
        learn("other");
        assertThat(still("other").open()).isTrue();
        assertThat(platform().ask(credentials("known", "secret")))
                .as("nobody is asked")
                .isFalse();
        assertThat(secret("known")).contains("secret");
        advance(KNOWN_FOR.multipliedBy(2));
        assertThat(secret("known")).contains("secret");
    }

    @Test
    void givesUpADeviceThatAloneGetsNoAnswer() {
        side.failing.put("odd", () -> new Answer.Unreachable<>("HTTP 500", true));
        assertThat(want("odd").open()).isTrue();
        for (int i = 0; i < 600; i++) {
            learn("other" + i);
            advance(Duration.ofSeconds(1));
            boolean isOpen = still("odd").open();
            assertThat(isOpen || i >= 480).as("after " + i).isTrue();
        }
        assertThat(still("odd"))
                .isEqualTo(new Outlook(false, "the platform answers about others, and not about it: HTTP 500"));
    }

    /** Half of all calls fail: that is nobody's own trouble. */
    @Test
    void aBrownoutIsNotTheDevicesTrouble() {
        int[] calls = {0};
        side.failing.put("odd", () -> new Answer.Unreachable<>("HTTP 500", true));
        assertThat(want("odd").open()).isTrue();
        for (int i = 0; i < 1800; i++) {
            side.all = () -> calls[0]++ % 2 == 0 ? new Answer.Unreachable<>("HTTP 500", true) : FakeSide.absent();
            Outlook unused = want("other" + i);
            advance(Duration.ofSeconds(1));
            assertThat(still("odd").open()).as("after " + i).isTrue();
        }
    }

    /** The breaker, and an access key, say nothing about a device, however often. */
    @Test
    void whatWasNotSentIsNotTheDevicesTrouble() {
        for (Answer<Device> none :
                List.<Answer<Device>>of(new Answer.Withheld<>("open"), new Answer.Misconfigured<>("key", true))) {
            side.failing.put("odd", () -> none);
            assertThat(want("odd").open()).isTrue();
            for (int i = 0; i < 1000; i++) {
                learn(none.code() + i);
                advance(Duration.ofSeconds(1));
                assertThat(still("odd").open()).as("after " + i).isTrue();
            }
        }
    }

    @Test
    void refreshesWhatItKnowsAndKeepsItUntilThereIsAnotherAnswer() {
        side.with("a", "first");
        learn("a");
        side.with("a", "second");
        advance(KNOWN_FOR);
        assertThat(secret("a")).contains("first");
        advance(SOON);
        assertThat(secret("a")).contains("second");
        assertThat(side.asked).hasSize(2);

        for (Answer<Device> none : List.<Answer<Device>>of(
                new Answer.Unreachable<>("away", true),
                new Answer.Withheld<>("open"),
                new Answer.Throttled<>(new Answer.Said(429, Optional.empty(), ""), Optional.empty()),
                new Answer.Refused<>(new Answer.Said(403, Optional.empty(), "")),
                new Answer.Misconfigured<>("rights", false))) {
            side.all = () -> none;
            advance(KNOWN_FOR);
            assertThat(secret("a")).contains("second");
            advance(SOON);
            assertThat(secret("a")).contains("second");
            side.all = null;
            learn("other" + none.code());
        }
    }

    @Test
    void forgetsADeviceThatIsDeleted() {
        side.with("a", "secret");
        learn("a");
        side.without("a");
        advance(KNOWN_FOR);
        assertThat(secret("a")).isPresent();
        advance(SOON);
        assertThat(secret("a")).as("missing once").isPresent();
        advance(Duration.ofMinutes(1));
        assertThat(secret("a")).isPresent();
        advance(SOON);

        assertThat(secret("a")).as("missing twice").isEmpty();
        assertThat(still("a").open()).isFalse();
        assertThat(side.asked).hasSize(3);
        assertThat(forgotten).containsExactly(device("a"));
    }

    private static DirectoryEntry kept(String device) {
        return new DirectoryEntry(device(device), new DeviceSecret("secret"), null);
    }

    /** A kept device is not in memory after a restart. */
    @Test
    void forgetsAKeptDeviceOnlyIfItIsMissingTwice() {
        assertThat(platform().ask(credentials("a", "old"))).isTrue();
        advance(SOON);
        assertThat(forgotten).isEmpty();

        advance(Memory.CHECK_EVERY);
        assertThat(platform().ask(credentials("a", "old"))).isTrue();
        advance(SOON);
        assertThat(forgotten).containsExactly(device("a"));
    }

    @Test
    void refreshesWhatIsKeptElsewhere() {
        side.with("a", "fresh");
        platform().used(kept("a"));
        advance(SOON);
        assertThat(side.asked).as("not all at once after a start").isEmpty();

        advance(KNOWN_FOR);
        platform().used(kept("a"));
        advance(SOON);
        assertThat(side.asked).containsExactly("a");
        assertThat(this.kept).extracting(DirectoryEntry::secret).containsExactly(new DeviceSecret("fresh"));

        side.without("b");
        platform().used(kept("b"));
        advance(KNOWN_FOR);
        platform().used(kept("b"));
        advance(SOON);
        platform().used(kept("b"));
        advance(SOON);
        assertThat(forgotten).isEmpty();
        advance(Duration.ofMinutes(1));
        for (int i = 0; i < 3; i++) {
            platform().used(kept("b"));
            advance(SOON);
        }
        assertThat(forgotten).as("missing twice").containsExactly(device("b"));
    }

    @Test
    void knowsWhoIsFrozenAndLooksAgain() {
        side.with(FakeSide.device("a", Device.Status.FROZEN, Device.Proof.SECRET, null, "secret", null));
        learn("a");
        assertThat(platform().find(device("a")).orElseThrow().barrier()).isEqualTo(Barrier.FROZEN);

        side.with("a", "secret");
        advance(ABSENT_FOR);
        assertThat(platform().find(device("a")).orElseThrow().barrier()).isEqualTo(Barrier.FROZEN);
        advance(SOON);
        assertThat(platform().find(device("a")).orElseThrow().barrier()).isNull();
    }

    @Test
    void aFrozenDeviceThatIsLetInIsNotFrozen() {
        side.with(FakeSide.device("a", Device.Status.FROZEN, Device.Proof.SECRET, null, "secret", null));
        learn("a");
        platform().accepted(credentials("a", "secret"));

        assertThat(platform().find(device("a")).orElseThrow().barrier()).isNull();
        assertThat(secret("a")).contains("secret");
    }

    @Test
    void knowsWhoNeedsACertificate() {
        side.with(FakeSide.device("a", Device.Status.ONLINE, Device.Proof.CERTIFICATES, null, null, null));
        learn("a");

        assertThat(platform().find(device("a")).orElseThrow().barrier()).isEqualTo(Barrier.CERTIFICATES);
        assertThat(platform().credentials(device("a"))).isEmpty();
    }

    /** Another source has the secret, and the platform shows none. */
    @Test
    void nothingIsLeftOfABarrierWithoutASecret() {
        for (Device barred : List.of(
                FakeSide.device("a", Device.Status.FROZEN, Device.Proof.SECRET, null, null, null),
                FakeSide.device("b", Device.Status.ONLINE, Device.Proof.CERTIFICATES, null, null, null))) {
            String name = barred.id().value();
            side.with(barred);
            learn(name);
            assertThat(platform().find(barred.id()).orElseThrow().barrier()).isNotNull();

            platform().accepted(credentials(name, "from-the-file"));
            assertThat(platform().find(barred.id())).isEmpty();
        }
        side.with(FakeSide.device("c", Device.Status.FROZEN, Device.Proof.SECRET, "g", null, null));
        learn("c");
        platform().accepted(credentials("c", "any"));
        assertThat(platform().gatewayOf(device("c"))).contains(device("g"));
    }

    @Test
    void looksAgainForAChildThatWasRejectedOnceInAWhile() {
        side.with(behind("g"));
        learn("c");
        side.with(behind("h"));
        for (int i = 0; i < 5; i++) {
            platform().childRejected(device("c"));
            advance(SOON);
        }
        assertThat(platform().gatewayOf(device("c"))).contains(device("h"));
        assertThat(side.asked).hasSize(2);
    }

    private static DeviceCredentials credentials(String device, String secret) {
        return new DeviceCredentials(device(device), new DeviceSecret(secret));
    }

    @Test
    void asksOnceInAQuarterOfAnHourForASecretThatIsRefused() {
        side.with("a", "old");
        learn("a");
        side.with("a", "new");
        side.asked.clear();

        platform().note(credentials("a", "old"));
        assertThat(platform().ask(credentials("a", "old"))).isTrue();
        assertThat(platform().ask(credentials("a", "old"))).isTrue();
        advance(SOON);
        assertThat(secret("a")).contains("new");

        platform().note(credentials("a", "new"));
        assertThat(platform().ask(credentials("a", "new"))).isFalse();
        assertThat(secret("a")).as("nothing is better").contains("new");
        advance(Memory.CHECK_EVERY);
        assertThat(platform().ask(credentials("a", "new"))).isTrue();
        advance(SOON);
        assertThat(side.asked).containsExactly("a", "a");
    }

    @Test
    void triesTheSecondSecretWhereItIsKnown() {
        side.with(FakeSide.device("a", Device.Status.ONLINE, Device.Proof.SECRET, null, "one", "two"));
        learn("a");
        assertThat(secret("a")).contains("one");
        platform().note(credentials("a", "one"));
        assertThat(secret("a")).contains("two");
        platform().note(credentials("a", "two"));
        assertThat(secret("a")).as("the last one, or it would go in circles").contains("two");

        platform().accepted(credentials("a", "two"));
        platform().accepted(credentials("b", "unknown"));
        assertThat(secret("a")).contains("two");
        side.with(FakeSide.device("a", Device.Status.ONLINE, Device.Proof.SECRET, null, "three", "two"));
        advance(KNOWN_FOR);
        assertThat(secret("a")).contains("two");
        advance(SOON);
        assertThat(secret("a")).contains("three");
    }

    @Test
    void improvesTheSecretOfAnotherSource() {
        DirectoryEntry file = new DirectoryEntry(device("a"), new DeviceSecret("stale"), null, "p", null, "group");
        DirectoryEntry child = new DirectoryEntry(device("c"), null, device("a"));
        side.with("a", "fresh");
        assertThat(platform().improved(file)).isSameAs(file);
        assertThat(platform().improved(child)).isSameAs(child);

        platform().note(credentials("a", "stale"));
        assertThat(platform().improved(file)).isEqualTo(file);
        assertThat(platform().ask(credentials("a", "stale"))).isTrue();
        advance(SOON);
        assertThat(platform().improved(file)).isEqualTo(file.with(new DeviceSecret("fresh")));

        DirectoryEntry rewritten = file.with(new DeviceSecret("other"));
        assertThat(platform().improved(rewritten))
                .as("the operator knows better")
                .isEqualTo(rewritten);
    }

    @Test
    void aCheckThatWasNotSentDoesNotCount() {
        side.all = () -> new Answer.Withheld<>("the breaker is open");
        assertThat(platform().ask(credentials("a", "old"))).isTrue();
        advance(SOON);
        assertThat(platform().ask(credentials("a", "old"))).as("away").isFalse();
        side.all = null;
        assertThat(want("b").open()).isTrue();
        advance(Duration.ofSeconds(6));
        assertThat(platform().ask(credentials("a", "old"))).as("not at once").isFalse();
        advance(Duration.ofSeconds(55));
        assertThat(platform().ask(credentials("a", "old"))).isTrue();
        advance(SOON);

        side.all = () -> new Answer.Throttled<>(new Answer.Said(429, Optional.empty(), ""), Optional.empty());
        assertThat(platform().ask(credentials("c", "old"))).isTrue();
        advance(SOON);
        assertThat(platform().ask(credentials("c", "old"))).isFalse();
        advance(Duration.ofMinutes(1));
        assertThat(platform().ask(credentials("c", "old"))).isTrue();
    }

    @Test
    void creates() {
        registrar = request -> new Registration.Created(
                FakeSide.device("a", Device.Status.INACTIVE, Device.Proof.SECRET, null, "made", null));
        assertThat(want("a", "route", request("a")).open()).isTrue();
        advance(FakeSide.LATENCY);
        assertThat(still("a")).isEqualTo(new Outlook(true, "it is being created on the platform"));
        advance(FakeSide.LATENCY);

        assertThat(secret("a")).contains("made");
        assertThat(created).containsExactly(request("a"));
    }

    @Test
    void createsWhatAnotherRouteOnlyAskedFor() {
        registrar = request -> new Registration.Existed(
                FakeSide.device("a", Device.Status.INACTIVE, Device.Proof.SECRET, null, "there", null));
        learn("a");
        assertThat(still("a").open()).isFalse();
        assertThat(created).isEmpty();

        assertThat(want("a", "route", request("a")).open()).isTrue();
        advance(SOON);
        assertThat(secret("a")).contains("there");
    }

    @Test
    void saysWhyADeviceIsNotCreated() {
        registrar = request -> request.device().value().equals("never")
                ? new Registration.Refused("the ID does not match")
                : new Registration.Withheld("the cap is reached", false, Optional.of(Duration.ofMinutes(1)));
        want("never", "route", request("never"));
        want("later", "route", request("later"));
        want("vague", "route", new Provision.Impossible(device("vague"), "the record has no name"));
        advance(SOON.plus(SOON));

        assertThat(still("never")).isEqualTo(new Outlook(false, "it is not created: the ID does not match"));
        assertThat(still("later")).isEqualTo(new Outlook(false, "it is not created: the cap is reached"));
        assertThat(still("vague").detail()).endsWith("; it is not created: the record has no name");
        advance(Duration.ofMinutes(1));
        assertThat(want("later", "route", request("later")).open())
                .as("now it may be")
                .isTrue();
        assertThat(want("never", "route", request("never")).open()).isFalse();
    }

    /** A dry run, or a cap: nothing is asked again before that can change. */
    @Test
    void asksNotEachMinuteWhatIsNotCreated() {
        registrar = request -> request.device().value().equals("dry")
                ? new Registration.Withheld("dry-run")
                : new Registration.Withheld("capped", false, Optional.of(Duration.ofMinutes(59)));
        for (int minute = 0; minute < 4; minute++) {
            Outlook unused = want("dry", "route", request("dry"));
            unused = want("capped", "route", request("capped"));
            advance(Duration.ofMinutes(1));
        }
        assertThat(created).hasSize(2);
        advance(ABSENT_FOR);
        assertThat(want("capped", "route", request("capped")).open())
                .as("the cap may have been raised")
                .isTrue();
    }

    /** Its IDs, its cap and its product are its own. */
    @Test
    void aRefusalOfOneRouteIsNoneOfAnother() {
        registrar = request -> request.route().equals("one")
                ? new Registration.Refused("the ID does not match")
                : new Registration.Created(
                        FakeSide.device("a", Device.Status.INACTIVE, Device.Proof.SECRET, null, "made", null));
        ProvisionRequest one =
                new ProvisionRequest("one", device("a"), "product", "a", Optional.empty(), Optional.empty());
        assertThat(want("a", "one", one).open()).isTrue();
        assertThat(want("a", "route", request("a")).open()).as("both at once").isTrue();
        advance(SOON);
        assertThat(want("a", "one", one).open()).isFalse();
        assertThat(want("a", "route", request("a")).open()).isTrue();
        advance(SOON);
        assertThat(secret("a")).contains("made");
        assertThat(created).containsExactly(one, request("a"));
    }

    @Test
    void everyRouteIsRefusedOnce() {
        registrar = request -> new Registration.Refused("the ID does not match");
        for (int i = 0; i < 3; i++) {
            for (String route : List.of("one", "two")) {
                Outlook unused = want(
                        "a",
                        route,
                        new ProvisionRequest(route, device("a"), "product", "a", Optional.empty(), Optional.empty()));
                advance(SOON);
            }
        }
        assertThat(created).extracting(ProvisionRequest::route).containsExactly("one", "two");
    }

    /** A device that reports each second would be created each second. */
    @Test
    void newRecordsDoNotBringAnotherTryForward() {
        registrar = request -> new Registration.Withheld("no answer", true);
        for (int i = 0; i < 74; i++) {
            assertThat(want("a", "route", request("a")).open()).isTrue();
            advance(Duration.ofSeconds(1));
        }
        assertThat(created).as("after 0, 5, 15, 35 and 75 seconds").hasSize(4);
    }

    @Test
    void waitsWhereACreationHadNoAnswer() {
        AtomicBoolean away = new AtomicBoolean(true);
        registrar = request -> away.get()
                ? new Registration.Withheld("no answer", true)
                : new Registration.Existed(
                        FakeSide.device("a", Device.Status.INACTIVE, Device.Proof.SECRET, null, "made", null));
        assertThat(want("a", "route", request("a")).open()).isTrue();
        for (int i = 0; i < 20; i++) {
            advance(Duration.ofSeconds(1));
            assertThat(still("a").open()).isTrue();
        }
        assertThat(created).hasSize(3);
        away.set(false);
        advance(Duration.ofSeconds(16));
        assertThat(secret("a")).contains("made");
    }

    private static Registration made(ProvisionRequest request) {
        return new Registration.Created(FakeSide.device(
                request.device().value(), Device.Status.INACTIVE, Device.Proof.SECRET, null, "made", null));
    }

    /** The first success after an outage lets all others try, however long their pauses have become. */
    @Test
    void nobodyWaitsForAPauseOfAnOutageThatIsOver() {
        AtomicBoolean away = new AtomicBoolean(true);
        registrar = request -> away.get() ? new Registration.Withheld("no answer", true) : made(request);
        List<String> devices = IntStream.range(0, 20).mapToObj(i -> "d" + i).toList();
        fail(devices, 300);
        away.set(false);
        want("new", "route", request("new"));
        becomeKnown(devices);
    }

    /** That somebody else made the first of them ends the outage as well. */
    @Test
    void aDeviceThatExistsEndsAnOutage() {
        AtomicBoolean away = new AtomicBoolean(true);
        registrar = request -> away.get()
                ? new Registration.Withheld("no answer", true)
                : request.device().value().equals("new")
                        ? new Registration.Existed(((Registration.Created) made(request)).device())
                        : made(request);
        List<String> devices = IntStream.range(0, 20).mapToObj(i -> "d" + i).toList();
        fail(devices, 300);
        away.set(false);
        want("new", "route", request("new"));
        becomeKnown(devices);
    }

    /** Who was tried when an outage ended, and failed again in the next one, is tried when that ends. */
    @Test
    void aSecondOutageEndsForAllAsWell() {
        AtomicBoolean away = new AtomicBoolean(true);
        registrar = request -> away.get() && !request.device().value().startsWith("new")
                ? new Registration.Withheld("no answer", true)
                : made(request);
        List<String> devices = IntStream.range(0, 20).mapToObj(i -> "d" + i).toList();
        fail(devices, 100);
        want("new-1", "route", request("new-1"));
        fail(devices, 70);
        away.set(false);
        want("new-2", "route", request("new-2"));
        becomeKnown(devices);
    }

    private void fail(List<String> devices, int seconds) {
        for (int second = 0; second < seconds; second++) {
            devices.forEach(device ->
                    assertThat(want(device, "route", request(device)).open()).isTrue());
            advance(Duration.ofSeconds(1));
        }
    }

    private void becomeKnown(List<String> devices) {
        for (int second = 0; second < 3; second++) {
            devices.forEach(this::still);
            advance(Duration.ofSeconds(1));
        }
        assertThat(devices)
                .allSatisfy(device -> assertThat(secret(device)).as(device).contains("made"));
    }

    /** While others are created, a device that never is keeps its pauses. */
    @Test
    void aFewThatCannotBeCreatedAreNotTriedWithEachOther() {
        registrar = request -> request.device().value().startsWith("bad")
                ? new Registration.Withheld("no answer", true)
                : made(request);
        for (int second = 0; second < 300; second++) {
            for (int bad = 0; bad < 20; bad++) {
                want("bad" + bad, "route", request("bad" + bad));
            }
            want("good" + second, "route", request("good" + second));
            advance(Duration.ofSeconds(1));
        }
        assertThat(created.stream().filter(request -> request.device().value().equals("bad7")))
                .as("after 0, 5, 15, 35, 75, 155 and 235 seconds")
                .hasSizeBetween(6, 8);
    }

    private static ProvisionRequest childOf(String gateway) {
        return new ProvisionRequest(
                "route", device("c"), "product", "c", Optional.empty(), Optional.of(device(gateway)));
    }

    private Outlook move(String gateway) {
        Outlook outlook = platform().move(childOf(gateway), "route");
        time.advanceTime();
        return outlook;
    }

    private static Device behind(String gateway) {
        return FakeSide.device("c", Device.Status.ONLINE, Device.Proof.SECRET, gateway, "secret", null);
    }

    @Test
    void movesAChild() {
        registrar = request ->
                new Registration.Existed(behind(request.gateway().orElseThrow().value()));
        side.with(behind("g"));
        learn("c");
        assertThat(move("g").open()).as("where it is").isFalse();

        assertThat(move("h").open()).isTrue();
        assertThat(move("h").open()).as("under way").isTrue();
        assertThat(want("c").open()).as("under way").isTrue();
        advance(SOON);
        assertThat(platform().gatewayOf(device("c"))).contains(device("h"));
        assertThat(move("h").open()).isFalse();
        assertThat(created).containsExactly(childOf("h"));
        assertThat(kept).extracting(DirectoryEntry::gateway).containsExactly(device("g"), device("h"));
        assertThat(side.asked).as("the registrar asks by itself").containsExactly("c");
    }

    /** What is known stays known, and is not asked for again and again. */
    @Test
    void aChildThatIsNotMovedStaysWhereItIs() {
        registrar = request -> new Registration.Refused("not allowed");
        side.with(behind("g"));
        learn("c");

        for (int i = 0; i < 5; i++) {
            Outlook unused = move("h");
            unused = want("c");
            advance(SOON);
            assertThat(move("h")).isEqualTo(Outlook.NONE);
        }
        assertThat(platform().gatewayOf(device("c"))).contains(device("g"));
        assertThat(created).hasSize(1);
        advance(Duration.ofMinutes(15));
        assertThat(move("h").open()).as("once in a while").isTrue();
    }

    @Test
    void movesAChildThatAnotherSourceKnows() {
        registrar = request -> new Registration.Existed(behind("h"));

        assertThat(move("h").open()).isTrue();
        advance(SOON);
        assertThat(move("h").open()).isFalse();
        assertThat(created).hasSize(1);
    }

    /** What is known does not wait for an application side that is away. */
    @Test
    void movesNothingWhileNobodyAnswers() {
        registrar = request -> new Registration.Withheld("no answer");
        side.all = () -> new Answer.Unreachable<>("away", true);
        learn("other");

        assertThat(move("h")).isEqualTo(Outlook.NONE);
        assertThat(created).isEmpty();
    }

    @Test
    void movesNothingWithoutARegistrar() {
        assertThat(move("h")).isEqualTo(Outlook.NONE);
    }

    @Test
    void findsADeviceByItsNodeIfThatIsWanted() {
        nodes = true;
        side.with("p_n", "secret").with("p_m", "secret").with("q_m", "secret");
        for (String name : List.of("n", "m", "x")) {
            assertThat(want(name).open()).isTrue();
        }
        advance(SOON.multipliedBy(2));

        assertThat(platform().named(device("n"))).isEqualTo(device("p_n"));
        assertThat(platform().find(device("p_n")).orElseThrow().node()).isEqualTo(device("n"));
        assertThat(still("m").detail()).isEqualTo("several devices of the platform have this node ID");
        assertThat(still("x").detail()).startsWith("the platform does not know it");
        assertThat(platform().named(device("m"))).isEqualTo(device("m"));

        advance(KNOWN_FOR);
        assertThat(secret("p_n")).isPresent();
        advance(SOON);
        assertThat(platform().named(device("n"))).as("refreshed").isEqualTo(device("p_n"));
        side.without("p_n").with("p_other", "secret");
        for (int i = 0; i < 3; i++) {
            advance(KNOWN_FOR);
            Optional<String> unused = secret("p_n");
            advance(SOON);
        }
        assertThat(platform().named(device("n"))).as("deleted").isEqualTo(device("n"));
    }

    /** Other devices are found by their IDs. */
    @Test
    void whoMayNotMakeListsIsToldOfDevicesByTheirIds() {
        nodes = true;
        side.with("a", "secret");
        for (Answer<DevicePage> none : List.<Answer<DevicePage>>of(
                new Answer.Misconfigured<>("no right to list", false),
                new Answer.Refused<>(new Answer.Said(403, Optional.empty(), "no right to list")))) {
            side.lists = none;
            String name = "n" + none.code();
            assertThat(want(name).open()).isTrue();
            advance(SOON.multipliedBy(2));
            assertThat(still(name).detail()).contains("does not list devices", "no right to list");
            assertThat(still(name).open()).isFalse();
            assertThat(platform().status().lookups().orElseThrow().trouble()).isEmpty();
        }
        learn("a");
        assertThat(secret("a")).contains("secret");

        side.lists = new Answer.Misconfigured<>("the access key", true);
        learn("other");
        advance(SOON);
        assertThat(still("other").open()).as("it may still be found").isTrue();
    }

    @Test
    void namesAreIdsUnlessNodesAreWanted() {
        side.with("p_n", "secret");
        learn("n");
        assertThat(still("n").open()).isFalse();
        learn("p_n");
        assertThat(platform().named(device("n"))).isEqualTo(device("n"));
        assertThat(side.asked).containsExactlyElementsOf(List.of("n", "p_n"));
        assertThat(Collections.frequency(side.asked, "node n")).isZero();
    }
}

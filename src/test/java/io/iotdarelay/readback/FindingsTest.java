package io.iotdarelay.readback;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class FindingsTest {

    private final Findings findings = new Findings(Duration.ofMinutes(1), Duration.ofHours(2));
    private Instant now = Instant.parse("2026-11-30T12:00:00Z");

    @Test
    void threeFailuresInARowAreTold() {
        for (int i = 0; i < 3; i++) {
            assertTold();
            found("a", "x", Sighting.MISSING);
            pass(120);
        }
        assertTold("x");

        found("a", "x", Sighting.STORED);
        assertTold();
    }

    @Test
    void devicesThatFailOnceAtOneTimeAreNotTold() {
        for (String device : new String[] {"a", "b", "c"}) {
            found(device, "x", Sighting.MISSING);
            pass(5);
        }
        assertTold();
        pass(105);
        for (String device : new String[] {"a", "b", "c"}) {
            found(device, "x", Sighting.STORED);
            pass(5);
        }
        found("a", "x", Sighting.MISSING);

        assertTold();
    }

    @Test
    void devicesThatFailOneAfterAnotherAreTold() {
        for (String device : new String[] {"a", "b", "c"}) {
            found(device, "x", Sighting.DIFFERENT);
            pass(300);
        }

        assertTold("x");
    }

    @Test
    void oneBadDeviceIsToldUntilItSucceedsItself() {
        for (int i = 0; i < 10; i++) {
            found("bad", "x", Sighting.MISSING);
            found("good", "x", Sighting.STORED);
            found("better", "x", Sighting.OVERTAKEN);
            pass(120);
            if (i >= 2) {
                assertTold("x");
            }
        }

        found("bad", "x", Sighting.OVERTAKEN);
        assertTold();
    }

    @ParameterizedTest
    @EnumSource(names = {"NEWER", "UNKNOWN"})
    void whatProvesNothingEndsNothing(Sighting sighting) {
        for (int i = 0; i < 3; i++) {
            found("a", "x", Sighting.MISSING);
            found("a", "x", sighting);
            pass(120);
        }
        found("a", "x", sighting);

        assertTold("x");
    }

    @Test
    void aFailureCountsForTwoHours() {
        for (int i = 0; i < 3; i++) {
            found("a", "x", Sighting.MISSING);
            pass(120);
        }
        pass(7_000);
        assertTold("x");
        pass(200);
        assertTold();

        found("a", "x", Sighting.MISSING);
        assertTold();
    }

    @Test
    void namesFromDataDoNotKeepOthersOut() {
        for (int i = 0; i < 2 * Findings.MOST; i++) {
            found("a", "name" + i, Sighting.MISSING);
        }
        for (int i = 0; i < 3; i++) {
            found("a", "x", Sighting.MISSING);
            pass(120);
        }

        assertTold("x");
    }

    @Test
    void onlyAFewAreToldAtATime() {
        for (int i = 0; i < 3; i++) {
            for (int n = 0; n < 100; n++) {
                found("a", "name" + n, Sighting.MISSING);
            }
            pass(120);
        }

        assertThat(findings.standing()).hasSize(Findings.MOST_TOLD);
    }

    /** However many devices fail, a few are remembered. */
    @Test
    void endsThoughMoreDevicesFailedThanAreRemembered() {
        for (int i = 0; i < 100; i++) {
            found("d" + i, "x", Sighting.MISSING);
            pass(10);
        }
        for (int i = 84; i < 100; i++) {
            assertTold("x");
            found("d" + i, "x", Sighting.STORED);
        }

        assertTold();
    }

    /** For those who may see details; whatever is logged of it has no value. */
    @Test
    void theValueIsToldOfWhatIsNotStored() {
        for (int i = 0; i < 3; i++) {
            found("a", "x", Sighting.MISSING, JsonNodeFactory.instance.stringNode("\uD83D\uDE00".repeat(200)));
            pass(120);
        }

        ReadBackStatus.NotStored told = findings.standing().getFirst();
        assertThat(told.value()).isEqualTo("\"" + "\uD83D\uDE00".repeat(99) + "...");
        assertThat(told.describe()).contains("last of device a, which reported \"\uD83D\uDE00", "because");
        assertThat(told.toString()).contains("property x").doesNotContain("\uD83D\uDE00");
    }

    private void pass(int seconds) {
        now = now.plusSeconds(seconds);
        findings.age(now);
    }

    private void assertTold(String... properties) {
        assertThat(findings.standing())
                .extracting(ReadBackStatus.NotStored::property)
                .containsExactly(properties);
    }

    private void found(String device, String property, Sighting sighting) {
        found(device, property, sighting, JsonNodeFactory.instance.numberNode(1));
    }

    private void found(String device, String property, Sighting sighting, JsonNode value) {
        Report report = new Report.Properties(new DeviceId(device), ReadBackWorld.json("{}"));
        Check.Part part = new Check.Part(
                new Target("r", "P", "S"),
                new Delivered(1, "r", report, new ReadBackWorld.Epoch(), now),
                JsonNodeFactory.instance.arrayNode(),
                new Reported(Map.of(property, List.of(value)), Optional.empty()));
        findings.add(new Check.Result(part, Map.of(property, sighting)), now, (result, name) -> "because");
    }
}

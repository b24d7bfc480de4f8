package io.iotdarelay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.testing.Logged;
import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DefectLogTest {

    private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");
    private final DefectLog defects = new DefectLog(clock);

    @RegisterExtension
    final Logged logged = Logged.by(DefectLog.class);

    @Test
    void reportsTheFirstByItsStackTraceAndNotByItsMessages() {
        Exception cause = new IllegalArgumentException("'a value of a record' is bad");
        defects.add(new DeviceId("d"), 2, new IllegalStateException("bad: 'a value of a record'", cause));

        assertThat(logged.lines()).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage())
                    .contains(
                            "A defect of the relay interrupted a lane",
                            "java.lang.IllegalStateException\n\tat io.iotdarelay.delivery.DefectLogTest.reports",
                            "java.lang.IllegalArgumentException\n")
                    .doesNotContain("a value of a record");
            assertThat(event.getThrowableProxy()).isNull();
            assertThat(event.getKeyValuePairs().toString()).contains("deviceId=\"d\"", "attempt=\"2\"");
        });
    }

    @Test
    void saysWhichRecordCouldNotBeMapped() {
        defects.add(new RecordPosition("topic", 3, 42), new IllegalStateException("broken"));

        assertThat(logged.lines())
                .singleElement()
                .satisfies(event -> assertThat(event.getKeyValuePairs().toString())
                        .contains("topic=\"topic\"", "partition=\"3\"", "offset=\"42\""));
    }

    @Test
    void reportsFurtherOnesOnceAMinute() {
        for (int second = 0; second < 3600; second++) {
            for (int i = 0; i < 100; i++) {
                defects.add(new DeviceId("d"), 1, new IllegalStateException("broken"));
            }
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(logged.lines()).hasSize(60);
        assertThat(logged.lines().getLast().getKeyValuePairs().toString()).contains("suppressed=\"5999\"");
    }
}

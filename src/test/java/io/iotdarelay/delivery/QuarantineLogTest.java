package io.iotdarelay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.Logged;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the log says of quarantines in fleets where devices come and go. */
class QuarantineLogTest {

    private final TestAssignment owner = new TestAssignment();
    private final Quarantine quarantine =
            new Quarantine(List.of(Duration.ofMinutes(1)), ManualClock.at("2026-11-01T00:00:00Z"));

    @RegisterExtension
    final Logged logged = Logged.by(Quarantine.class);

    @Test
    void manyAreReportedEachTimeThatTheyHaveDoubled() {
        for (int i = 0; i < 1_000; i++) {
            setAside(i);
        }

        assertThat(warnings()).hasSize(20 + 5);
    }

    /** Each that leaves makes room for the next: nothing new is said, wherever the number is. */
    @Test
    void aNumberThatGoesUpAndDownIsNoNews() {
        for (int i = 0; i < 128; i++) {
            setAside(i);
        }
        logged.forget();
        for (int i = 128; i < 1_000; i++) {
            quarantine.readmit(device(i - 1));
            setAside(i);
        }

        assertThat(logged.lines()).isEmpty();
    }

    @Test
    void theNextFleetIsReportedLikeTheFirst() {
        for (int i = 0; i < 100; i++) {
            setAside(i);
        }
        List<String> first = warnings();
        for (int i = 0; i < 100; i++) {
            quarantine.readmit(device(i));
        }
        logged.forget();
        for (int i = 0; i < 100; i++) {
            setAside(i);
        }

        assertThat(warnings()).isEqualTo(first);
    }

    /** Most of a first wave works again, and not all: the second is news all the same. */
    @Test
    void aSecondWaveIsReportedThoughTheFirstIsNotOver() {
        for (int i = 0; i < 1_000; i++) {
            setAside(i);
        }
        for (int i = 50; i < 1_000; i++) {
            quarantine.readmit(device(i));
        }
        logged.forget();
        for (int i = 1_000; i < 1_500; i++) {
            setAside(i);
        }

        assertThat(warnings()).hasSize(3);
    }

    private void setAside(int number) {
        quarantine.setAside(
                new DeviceCredentials(device(number), new DeviceSecret("12345678")),
                owner,
                RejectionReason.DEVICE_REJECTED,
                Optional.empty());
    }

    private List<String> warnings() {
        return logged.lines().stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static DeviceId device(int number) {
        return new DeviceId("device-" + number);
    }
}

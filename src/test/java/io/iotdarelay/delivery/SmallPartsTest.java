package io.iotdarelay.delivery;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.MapDirectory;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SmallPartsTest {

    @Nested
    class QuarantineTest {

        private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");
        private final TestAssignment owner = new TestAssignment();
        private final Quarantine quarantine = new Quarantine(
                List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofMinutes(60)),
                clock);
        private final DeviceCredentials credentials = new DeviceCredentials(device("d"), new DeviceSecret("12345678"));

        @Test
        void probesAfterOneFiveFifteenAndThenEverySixtyMinutes() {
            for (int minutes : new int[] {1, 5, 15, 60, 60, 60}) {
                quarantine.setAside(credentials, owner, RejectionReason.DEVICE_REJECTED, Optional.empty());
                clock.advance(Duration.ofMinutes(minutes).minusMillis(1));
                assertThat(quarantine.holds(credentials)).isPresent();
                clock.advance(Duration.ofMillis(1));
                assertThat(quarantine.holds(credentials)).isEmpty();
            }
            assertThat(quarantine.size()).isEqualTo(1);
        }

        @Test
        void endsWithOtherCredentials() {
            quarantine.setAside(credentials, owner, RejectionReason.DEVICE_REJECTED, Optional.empty());
            clock.advance(Duration.ofSeconds(10));
            DeviceCredentials changed = new DeviceCredentials(device("d"), new DeviceSecret("another1"));

            assertThat(quarantine.holds(changed)).isEmpty();
            quarantine.setAside(changed, owner, RejectionReason.DEVICE_REJECTED, Optional.empty());
            clock.advance(Duration.ofSeconds(59));
            assertThat(quarantine.holds(changed)).isPresent();
            clock.advance(Duration.ofSeconds(1));
            assertThat(quarantine.holds(changed)).isEmpty();
            assertThat(quarantine.size()).isEqualTo(1);
        }

        @Test
        void saysHowOftenAndSinceWhen() {
            quarantine.setAside(
                    credentials,
                    owner,
                    RejectionReason.DEVICE_REJECTED,
                    Optional.of(new PlatformAnswer(401, "IOTDA.000002", "no")));
            clock.advance(Duration.ofMinutes(1));
            quarantine.setAside(credentials, owner, RejectionReason.DEVICE_REJECTED, Optional.empty());

            assertThat(quarantine.all()).singleElement().satisfies(refusal -> {
                assertThat(refusal.since()).isEqualTo("2026-11-01T00:00:00Z");
                assertThat(refusal.refusals()).isEqualTo(2);
                assertThat(refusal.nextProbe()).isEqualTo("2026-11-01T00:06:00Z");
                assertThat(refusal.describe())
                        .contains("2 times since 2026-11-01T00:00:00Z", "after 2026-11-01T00:06:00Z")
                        .doesNotContain("12345678");
            });
        }

        @Test
        void forgetsADeviceThatIsAccepted() {
            quarantine.setAside(credentials, owner, RejectionReason.DEVICE_REJECTED, Optional.empty());
            quarantine.readmit(device("d"));

            assertThat(quarantine.size()).isZero();
            assertThat(quarantine.holds(credentials)).isEmpty();
        }

        @Test
        void forgetsStrangers() {
            MapDirectory directory = new MapDirectory().with("d", "12345678").with("moved", "12345678");
            TestAssignment left = new TestAssignment();
            quarantine.setAside(credentials, owner, RejectionReason.DEVICE_REJECTED, Optional.empty());
            quarantine.setAside(
                    new DeviceCredentials(device("moved"), new DeviceSecret("12345678")),
                    left,
                    RejectionReason.DEVICE_REJECTED,
                    Optional.empty());
            quarantine.setAside(
                    new DeviceCredentials(device("gone"), new DeviceSecret("12345678")),
                    owner,
                    RejectionReason.DEVICE_REJECTED,
                    Optional.empty());

            left.end();
            quarantine.forgetUnknown(directory);

            assertThat(quarantine.all())
                    .extracting(refusal -> refusal.credentials().device().value())
                    .containsExactly("d");
        }
    }
}

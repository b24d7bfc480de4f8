package io.iotdarelay.delivery;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.lane.Batch;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.MapDirectory;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallPartsTest {

    @Nested
    class BackoffTest {

        private final Backoff backoff = Backoff.standard(new SplittableRandom(1));

        @ParameterizedTest
        @CsvSource({"1, 1", "2, 2", "3, 4", "5, 16", "6, 30", "7, 30", "1000, 30", "2147483647, 30"})
        void doublesItsBoundUpToThirtySeconds(int failures, long seconds) {
            assertThat(backoff.bound(failures)).isEqualTo(Duration.ofSeconds(seconds));
        }

        @Test
        void waitsAnyTimeUpToTheBound() {
            List<Long> waits = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                waits.add(backoff.after(3).toMillis());
            }

            assertThat(waits).allSatisfy(wait -> assertThat(wait).isBetween(0L, 4000L));
            assertThat(waits.stream().mapToLong(Long::longValue).average().orElseThrow())
                    .isBetween(1800.0, 2200.0);
        }
    }

    @Nested
    class RequestCostTest {

        @Test
        void countsFourKilobytesOfEachDevice() {
            assertThat(cost(properties("d", "x"))).isEqualTo(1);
            assertThat(cost(properties("d", "x".repeat(4096)))).isEqualTo(1);
            assertThat(cost(properties("d", "x".repeat(4097)))).isEqualTo(2);
            assertThat(cost(properties("d", "x".repeat(3000)), properties("d", "x".repeat(3000))))
                    .isEqualTo(2);
        }

        @Test
        void countsEachChild() {
            assertThat(cost(child("g", "a", "x"), child("g", "b", "x"), child("g", "a", "x")))
                    .isEqualTo(2);
        }

        private static double cost(Report... reports) {
            TestAssignment assignment = new TestAssignment();
            return RequestCost.of(new Batch(
                    Arrays.stream(reports)
                            .map(report -> new LaneEntry(inFlight(assignment, 1), report))
                            .toList(),
                    0,
                    0));
        }
    }

    @Nested
    class SlotsTest {

        @Test
        void letsSoManyGoAndTheRestInTurn() {
            Slots slots = new Slots(2);
            List<Integer> gone = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int number = i;
                slots.acquire(() -> gone.add(number));
            }

            assertThat(gone).containsExactly(0, 1);
            slots.release();
            assertThat(gone).containsExactly(0, 1, 2);
            slots.release();
            slots.release();
            assertThat(gone).containsExactly(0, 1, 2, 3, 4);
        }

        @Test
        void startsSlowlyAndGrowsWithEachRequestThatEnds() {
            Slots slots = new Slots(100);
            AtomicInteger gone = new AtomicInteger();
            for (int i = 0; i < 200; i++) {
                slots.acquire(gone::incrementAndGet);
            }

            assertThat(gone).hasValue(16);
            slots.release();
            assertThat(gone).hasValue(18);
            for (int i = 0; i < 83; i++) {
                slots.release();
            }
            assertThat(gone).hasValue(16 + 2 * 84);
            slots.release();
            assertThat(gone).hasValue(16 + 2 * 84 + 1);
        }

        @Test
        void startsSlowlyAgain() {
            Slots slots = new Slots(100);
            AtomicInteger gone = new AtomicInteger();
            for (int i = 0; i < 200; i++) {
                slots.acquire(gone::incrementAndGet);
            }
            slots.release();
            slots.release();
            assertThat(gone).hasValue(20);

            slots.startSlowly();
            slots.release();

            assertThat(gone).hasValue(20);
            slots.release();
            assertThat(gone).hasValue(22);
        }

        @Test
        void doesNotDeepenTheStack() {
            Slots slots = new Slots(1);
            AtomicInteger gone = new AtomicInteger();
            slots.acquire(() -> {});
            for (int i = 0; i < 100_000; i++) {
                slots.acquire(() -> {
                    gone.incrementAndGet();
                    slots.release();
                });
            }

            slots.release();

            assertThat(gone).hasValue(100_000);
        }
    }

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
                quarantine.refuse(credentials, owner, Optional.empty());
                clock.advance(Duration.ofMinutes(minutes).minusMillis(1));
                assertThat(quarantine.holds(credentials)).isPresent();
                clock.advance(Duration.ofMillis(1));
                assertThat(quarantine.holds(credentials)).isEmpty();
            }
            assertThat(quarantine.size()).isEqualTo(1);
        }

        @Test
        void endsWithOtherCredentials() {
            quarantine.refuse(credentials, owner, Optional.empty());
            clock.advance(Duration.ofSeconds(10));
            DeviceCredentials changed = new DeviceCredentials(device("d"), new DeviceSecret("another1"));

            assertThat(quarantine.holds(changed)).isEmpty();
            quarantine.refuse(changed, owner, Optional.empty());
            clock.advance(Duration.ofSeconds(59));
            assertThat(quarantine.holds(changed)).isPresent();
            clock.advance(Duration.ofSeconds(1));
            assertThat(quarantine.holds(changed)).isEmpty();
            assertThat(quarantine.size()).isEqualTo(1);
        }

        @Test
        void saysHowOftenAndSinceWhen() {
            quarantine.refuse(credentials, owner, Optional.of(new PlatformAnswer(401, "IOTDA.000002", "no")));
            clock.advance(Duration.ofMinutes(1));
            quarantine.refuse(credentials, owner, Optional.empty());

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
            quarantine.refuse(credentials, owner, Optional.empty());
            quarantine.release(device("d"));

            assertThat(quarantine.size()).isZero();
            assertThat(quarantine.holds(credentials)).isEmpty();
        }

        @Test
        void forgetsStrangers() {
            MapDirectory directory = new MapDirectory().with("d", "12345678").with("moved", "12345678");
            TestAssignment left = new TestAssignment();
            quarantine.refuse(credentials, owner, Optional.empty());
            quarantine.refuse(
                    new DeviceCredentials(device("moved"), new DeviceSecret("12345678")), left, Optional.empty());
            quarantine.refuse(
                    new DeviceCredentials(device("gone"), new DeviceSecret("12345678")), owner, Optional.empty());

            left.end();
            quarantine.forgetStrangers(directory);

            assertThat(quarantine.all())
                    .extracting(refusal -> refusal.credentials().device().value())
                    .containsExactly("d");
        }
    }
}

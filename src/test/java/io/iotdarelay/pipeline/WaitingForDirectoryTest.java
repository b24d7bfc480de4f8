package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaitingForDirectoryTest {

    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private final WaitingForDirectory<DeviceId, String> waiting =
            new WaitingForDirectory<>(Duration.ofSeconds(10), Duration.ofHours(1));

    @Test
    void letsGoWhatIsResolvedInItsOrder() {
        waiting.await(device("a"), "a1", false, NOW);
        waiting.await(device("b"), "b1", false, NOW);
        waiting.await(device("a"), "a2", false, NOW);
        assertThat(waiting.isAwaited(device("a"))).isTrue();

        assertThat(waiting.takeResolved(item -> item.startsWith("a"))).containsExactly("a1", "a2");
        assertThat(waiting.isAwaited(device("a"))).isFalse();
        assertThat(waiting.isAwaited(device("b"))).isTrue();
    }

    @Test
    void letsNothingOvertakeWhatStandsBeforeIt() {
        waiting.await(device("a"), "first", false, NOW);
        waiting.await(device("a"), "second", false, NOW);

        assertThat(waiting.takeResolved("second"::equals)).isEmpty();
        assertThat(waiting.takeResolved("first"::equals)).containsExactly("first");
        assertThat(waiting.takeResolved("second"::equals)).containsExactly("second");
    }

    @Test
    void endsAfterTheGrace() {
        waiting.await(device("a"), "a1", false, NOW);
        waiting.await(device("a"), "a2", false, NOW.plusSeconds(9));

        assertThat(waiting.takeExpired(first -> false, NOW.plusMillis(9_999))).isEmpty();
        assertThat(waiting.takeExpired(first -> false, NOW.plusSeconds(10))).containsExactly("a1", "a2");
        assertThat(waiting.isAwaited(device("a"))).isFalse();
    }

    @Test
    void doesNotWaitAgainForADeviceThatStayedUnknown() {
        waiting.await(device("a"), "a1", false, NOW);
        waiting.takeExpired(first -> false, NOW.plusSeconds(10));

        assertThat(waiting.await(device("a"), "a2", false, NOW.plusSeconds(11))).isFalse();
        assertThat(waiting.await(device("b"), "b1", false, NOW.plusSeconds(11))).isTrue();
        assertThat(waiting.await(device("a"), "a3", false, NOW.plusSeconds(611)))
                .isTrue();
    }

    @Test
    void doesNotWaitWithoutAGrace() {
        assertThat(new WaitingForDirectory<DeviceId, String>(Duration.ZERO, Duration.ofHours(1))
                        .await(device("a"), "a1", false, NOW))
                .isFalse();
    }

    @Test
    void remembersABoundedNumberOfDevices() {
        for (int i = 0; i < 20_000; i++) {
            waiting.await(device("x" + i), "x", false, NOW);
        }
        waiting.takeExpired(first -> false, NOW.plusSeconds(10));

        assertThat(waiting.await(device("x0"), "x", false, NOW.plusSeconds(11))).isTrue();
        assertThat(waiting.await(device("x19999"), "x", false, NOW.plusSeconds(11)))
                .isFalse();
    }

    @Test
    void forgetsWhatHasLeft() {
        waiting.await(device("a"), "a1", false, NOW);
        waiting.await(device("a"), "a2", false, NOW);
        waiting.await(device("b"), "b1", false, NOW);

        waiting.removeIf(Set.of("a1", "b1")::contains);

        assertThat(waiting.isAwaited(device("b"))).isFalse();
        assertThat(waiting.takeExpired(first -> false, NOW.plusSeconds(10))).containsExactly("a2");
    }

    @Test
    void waitsForLongerWhereItMayStillBeFound() {
        waiting.await(device("a"), "a1", true, NOW);
        waiting.await(device("b"), "b1", true, NOW.plusSeconds(1));
        waiting.await(device("a"), "a2", true, NOW.plusSeconds(2));

        assertThat(waiting.overdue(NOW.plusSeconds(9))).isEmpty();
        assertThat(waiting.overdue(NOW.plusSeconds(10))).containsExactly("a1", "a2");
        assertThat(waiting.takeExpired(first -> true, NOW.plusSeconds(3599))).isEmpty();
        assertThat(waiting.takeExpired("a1"::equals, NOW.plusSeconds(20))).containsExactly("b1");
        assertThat(waiting.takeExpired(first -> true, NOW.plusSeconds(3600))).containsExactly("a1", "a2");
        assertThat(waiting.size()).isZero();

        assertThat(waiting.await(device("a"), "a3", false, NOW.plusSeconds(3601)))
                .isFalse();
        assertThat(waiting.await(device("a"), "a4", true, NOW.plusSeconds(3601)))
                .as("without a grace, but asked for again")
                .isTrue();
        assertThat(waiting.takeExpired(first -> false, NOW.plusSeconds(3601))).containsExactly("a4");
    }

    @Test
    void givesUpThoseThatHaveWaitedLongest() {
        for (int i = 0; i < 10; i++) {
            waiting.await(device("d" + i), "d" + i, true, NOW.plusSeconds(i));
        }

        assertThat(waiting.takeOverdue(first -> true, 4, NOW.plusSeconds(12)))
                .as("only what is overdue")
                .containsExactly("d0", "d1", "d2");
        assertThat(waiting.takeOverdue(first -> !first.equals("d3"), 4, NOW.plusSeconds(30)))
                .containsExactly("d4", "d5", "d6");
        assertThat(waiting.takeOverdue(first -> true, 4, NOW.plusSeconds(30))).isEmpty();
        assertThat(waiting.takeOverdue("d9"::equals, 0, NOW.plusSeconds(30))).containsExactly("d9");
    }

    /** Each of them is new: nothing may be kept of those that have gone. */
    @Test
    void forgetsAFloodOfIdsThatNeverExisted() {
        Instant now = NOW;
        int ended = 0;
        for (int i = 0; i < 1_000_000; i++) {
            assertThat(waiting.await(device("d" + i), "record", false, now)).isTrue();
            if (i % 1000 == 999) {
                now = now.plusSeconds(10);
                ended += waiting.takeExpired(first -> false, now).size();
            }
        }

        assertThat(ended).isEqualTo(1_000_000);
        assertThat(waiting.await(device("d999999"), "record", false, now)).isFalse();
        assertThat(waiting.await(device("d0"), "record", false, now)).isTrue();
    }

    /** Their hash codes are all the same; without an order among them each would be compared with all the others. */
    @Test
    void findsIdsThatWereMadeToCollide() {
        for (int i = 0; i < 1 << 16; i++) {
            StringBuilder id = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                id.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            assertThat(waiting.await(device(id.toString()), "record", false, NOW))
                    .isTrue();
        }

        assertThat(waiting.takeResolved(record -> true)).hasSize(1 << 16);
    }
}

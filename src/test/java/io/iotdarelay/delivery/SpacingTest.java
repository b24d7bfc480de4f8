package io.iotdarelay.delivery;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpacingTest {

    private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");

    @Test
    void letsADeviceWaitForTheRestOfItsInterval() {
        Spacing spacing = new Spacing(Duration.ofSeconds(10), clock::nanoTime);
        assertThat(spacing.delay(device("a"))).isZero();

        spacing.sent(device("a"));
        clock.advance(Duration.ofSeconds(4));

        assertThat(spacing.delay(device("a"))).isEqualTo(Duration.ofSeconds(6).toNanos());
        assertThat(spacing.delay(device("b"))).isZero();
        clock.advance(Duration.ofSeconds(7));
        assertThat(spacing.delay(device("a"))).isZero();
    }

    @Test
    void remembersOnlyWhoHasToWait() {
        Spacing spacing = new Spacing(Duration.ofSeconds(10), clock::nanoTime);
        for (int i = 0; i < 1000; i++) {
            spacing.sent(device("d" + i));
            spacing.sent(device("d" + i));
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(spacing.size()).isEqualTo(10);
    }

    @Test
    void remembersNobodyWithoutAnInterval() {
        Spacing spacing = new Spacing(Duration.ZERO, clock::nanoTime);
        spacing.sent(device("a"));

        assertThat(spacing.delay(device("a"))).isZero();
        assertThat(spacing.size()).isZero();
    }
}

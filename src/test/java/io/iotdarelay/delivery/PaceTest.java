package io.iotdarelay.delivery;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long now = 5_000 * SECOND;

    @Test
    void doesNotLimitWithoutAQuota() {
        Pace pace = new Pace(0, () -> now);

        for (int i = 0; i < 1000; i++) {
            assertThat(pace.reserve(10)).isZero();
        }
        assertThat(pace.rate()).isZero();
    }

    @Test
    void keepsTheQuota() {
        Pace pace = new Pace(100, () -> now);
        long last = 0;
        for (int i = 0; i < 1000; i++) {
            last = pace.reserve(1);
        }

        assertThat(last / (double) SECOND).isCloseTo(10, within(0.2));
    }

    @Test
    void chargesWhatARequestCosts() {
        Pace pace = new Pace(100, () -> now);
        long last = 0;
        for (int i = 0; i < 21; i++) {
            last = pace.reserve(50);
        }

        assertThat(last / (double) SECOND).isCloseTo(10, within(0.2));
    }

    @Test
    void doesNotSaveUpMoreThanATenthOfASecond() {
        Pace pace = new Pace(100, () -> now);
        now += 3600 * SECOND;

        int atOnce = 0;
        while (pace.reserve(1) == 0) {
            atOnce++;
        }

        assertThat(atOnce).isBetween(10, 12);
    }

    @Test
    void halvesOnceASecondAndClimbsBack() {
        Pace pace = new Pace(100, () -> now);

        pace.throttled(true, device("a"));
        pace.throttled(true, device("b"));
        assertThat(pace.rate()).isEqualTo(50);
        now += SECOND;
        assertThat(pace.rate()).isEqualTo(55);
        pace.throttled(true, device("a"));
        assertThat(pace.rate()).isEqualTo(27.5);

        now += 100 * SECOND;
        assertThat(pace.rate()).isEqualTo(100);
    }

    @Test
    void slowsDownForNoSingleDevice() {
        Pace pace = new Pace(100, () -> now);

        for (int i = 0; i < 100; i++) {
            pace.throttled(false, device("a"));
            now += SECOND / 10;
        }
        assertThat(pace.rate()).isEqualTo(100);

        pace.throttled(false, device("a"));
        pace.throttled(false, device("b"));
        assertThat(pace.rate()).isEqualTo(50);
    }

    @Test
    void findsALimitWhereNoneIsConfiguredAndForgetsItLater() {
        Pace pace = new Pace(0, () -> now);
        for (int i = 0; i < 400; i++) {
            pace.accepted(1);
        }
        now += SECOND;

        pace.throttled(true, device("a"));
        assertThat(pace.rate()).isEqualTo(200);
        assertThat(pace.reserve(1)).isZero();

        now += 69 * SECOND;
        assertThat(pace.rate()).isPositive();
        now += 5 * SECOND;
        assertThat(pace.rate()).isZero();
    }

    @Test
    void neverStops() {
        Pace pace = new Pace(0, () -> now);

        for (int i = 0; i < 20; i++) {
            pace.throttled(true, device("a"));
            now += SECOND;
        }

        assertThat(pace.rate()).isGreaterThanOrEqualTo(1);
    }
}

package io.iotdarelay.limits;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimiterTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long now = 5_000 * SECOND;

    @Test
    void doesNotLimitWithoutAQuota() {
        RateLimiter limiter = new RateLimiter(0, () -> now);

        for (int i = 0; i < 1000; i++) {
            assertThat(limiter.tryAcquire(10)).isTrue();
        }
        assertThat(limiter.rate()).isZero();
        assertThat(limiter.isFree()).isTrue();
        assertThat(limiter.delay()).isZero();
    }

    @Test
    void keepsTheQuota() {
        RateLimiter limiter = new RateLimiter(100, () -> now);

        assertThat(departures(limiter, 1, 10)).isCloseTo(1000, within(15));
    }

    @Test
    void chargesWhatARequestCosts() {
        RateLimiter limiter = new RateLimiter(100, () -> now);

        assertThat(departures(limiter, 50, 10)).isCloseTo(20, within(2));
    }

    @Test
    void saysWhenTheNextMayLeave() {
        RateLimiter limiter = new RateLimiter(100, () -> now);
        assertThat(limiter.tryAcquire(200)).isTrue();
        assertThat(limiter.tryAcquire(1)).isFalse();

        assertThat(limiter.delay() / (double) SECOND).isCloseTo(2, within(0.01));
        now += limiter.delay();
        assertThat(limiter.tryAcquire(1)).isTrue();
    }

    @Test
    void doesNotSaveUpMoreThanATenthOfASecond() {
        RateLimiter limiter = new RateLimiter(100, () -> now);
        now += 3600 * SECOND;

        int atOnce = 0;
        while (limiter.tryAcquire(1)) {
            atOnce++;
        }

        assertThat(atOnce).isBetween(10, 12);
    }

    @Test
    void halvesOnceASecondAndClimbsBack() {
        RateLimiter limiter = new RateLimiter(100, () -> now);

        assertThat(limiter.throttled(1, true, device("a"))).isTrue();
        limiter.throttled(1, true, device("b"));
        assertThat(limiter.rate()).isEqualTo(50);
        now += SECOND;
        assertThat(limiter.rate()).isEqualTo(75);
        limiter.throttled(1, true, device("a"));
        assertThat(limiter.rate()).isEqualTo(37.5);

        now += 20 * SECOND;
        assertThat(limiter.rate()).isEqualTo(100);
    }

    @Test
    void slowsDownForNoSingleDevice() {
        RateLimiter limiter = new RateLimiter(100, () -> now);

        for (int i = 0; i < 100; i++) {
            assertThat(limiter.throttled(1, false, device("a"))).isFalse();
            now += SECOND / 10;
        }
        assertThat(limiter.rate()).isEqualTo(100);

        limiter.throttled(1, false, device("a"));
        assertThat(limiter.throttled(1, false, device("b"))).isTrue();
        assertThat(limiter.rate()).isEqualTo(50);
    }

    @Test
    void findsALimitWhereNoneIsConfiguredAndForgetsItLater() {
        RateLimiter limiter = new RateLimiter(0, () -> now);
        for (int i = 0; i < 400; i++) {
            limiter.accepted(1);
        }
        now += SECOND;

        limiter.throttled(1, true, device("a"));
        assertThat(limiter.rate()).isBetween(199.0, 201.0);
        assertThat(limiter.isFree()).isFalse();

        now += 29 * SECOND;
        assertThat(limiter.rate()).isPositive();
        now += 2 * SECOND;
        assertThat(limiter.rate()).isZero();
    }

    @Test
    void neverStops() {
        RateLimiter limiter = new RateLimiter(0, () -> now);

        for (int i = 0; i < 20; i++) {
            limiter.throttled(1, true, device("a"));
            now += SECOND;
        }

        assertThat(limiter.rate()).isGreaterThanOrEqualTo(1);
    }

    /** A platform that takes so many units a second and throttles the rest. */
    @Test
    void feelsItsWayToWhatThePlatformTakes() {
        for (double quota : new double[] {0, 2000}) {
            RateLimiter limiter = new RateLimiter(quota, () -> now);
            double allowed = 300;
            double left = 0;
            int accepted = 0;
            int throttled = 0;
            for (int tick = 0; tick < 60_000; tick++) {
                now += SECOND / 1000;
                left = tick % 1000 == 0 ? allowed : left;
                for (int i = 0; i < 5 && limiter.tryAcquire(1); i++) {
                    if (left >= 1) {
                        left--;
                        accepted++;
                        limiter.accepted(1);
                    } else {
                        throttled++;
                        limiter.throttled(1, true, device("d" + i));
                    }
                }
            }

            assertThat(accepted / 60.0).as("accepted a second, quota %s", quota).isGreaterThan(0.6 * allowed);
            assertThat(throttled / 60.0)
                    .as("throttled a second, quota %s", quota)
                    .isLessThan(0.35 * allowed);
        }
    }

    private int departures(RateLimiter limiter, double cost, int seconds) {
        long end = now + seconds * SECOND;
        int departures = 0;
        while (now < end) {
            if (limiter.tryAcquire(cost)) {
                departures++;
            } else {
                now += limiter.delay();
            }
        }
        return departures;
    }
}

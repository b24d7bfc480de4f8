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
            assertThat(pace.tryDepart(10)).isTrue();
        }
        assertThat(pace.rate()).isZero();
        assertThat(pace.isFree()).isTrue();
        assertThat(pace.delay()).isZero();
    }

    @Test
    void keepsTheQuota() {
        Pace pace = new Pace(100, () -> now);

        assertThat(departures(pace, 1, 10)).isCloseTo(1000, within(15));
    }

    @Test
    void chargesWhatARequestCosts() {
        Pace pace = new Pace(100, () -> now);

        assertThat(departures(pace, 50, 10)).isCloseTo(20, within(2));
    }

    @Test
    void saysWhenTheNextMayLeave() {
        Pace pace = new Pace(100, () -> now);
        assertThat(pace.tryDepart(200)).isTrue();
        assertThat(pace.tryDepart(1)).isFalse();

        assertThat(pace.delay() / (double) SECOND).isCloseTo(2, within(0.01));
        now += pace.delay();
        assertThat(pace.tryDepart(1)).isTrue();
    }

    @Test
    void doesNotSaveUpMoreThanATenthOfASecond() {
        Pace pace = new Pace(100, () -> now);
        now += 3600 * SECOND;

        int atOnce = 0;
        while (pace.tryDepart(1)) {
            atOnce++;
        }

        assertThat(atOnce).isBetween(10, 12);
    }

    @Test
    void halvesOnceASecondAndClimbsBack() {
        Pace pace = new Pace(100, () -> now);

        assertThat(pace.throttled(1, true, device("a"))).isTrue();
        pace.throttled(1, true, device("b"));
        assertThat(pace.rate()).isEqualTo(50);
        now += SECOND;
        assertThat(pace.rate()).isEqualTo(75);
        pace.throttled(1, true, device("a"));
        assertThat(pace.rate()).isEqualTo(37.5);

        now += 20 * SECOND;
        assertThat(pace.rate()).isEqualTo(100);
    }

    @Test
    void slowsDownForNoSingleDevice() {
        Pace pace = new Pace(100, () -> now);

        for (int i = 0; i < 100; i++) {
            assertThat(pace.throttled(1, false, device("a"))).isFalse();
            now += SECOND / 10;
        }
        assertThat(pace.rate()).isEqualTo(100);

        pace.throttled(1, false, device("a"));
        assertThat(pace.throttled(1, false, device("b"))).isTrue();
        assertThat(pace.rate()).isEqualTo(50);
    }

    @Test
    void findsALimitWhereNoneIsConfiguredAndForgetsItLater() {
        Pace pace = new Pace(0, () -> now);
        for (int i = 0; i < 400; i++) {
            pace.accepted(1);
        }
        now += SECOND;

        pace.throttled(1, true, device("a"));
        assertThat(pace.rate()).isBetween(199.0, 201.0);
        assertThat(pace.isFree()).isFalse();

        now += 29 * SECOND;
        assertThat(pace.rate()).isPositive();
        now += 2 * SECOND;
        assertThat(pace.rate()).isZero();
    }

    @Test
    void neverStops() {
        Pace pace = new Pace(0, () -> now);

        for (int i = 0; i < 20; i++) {
            pace.throttled(1, true, device("a"));
            now += SECOND;
        }

        assertThat(pace.rate()).isGreaterThanOrEqualTo(1);
    }

    /** A platform that takes so many units a second and throttles the rest. */
    @Test
    void feelsItsWayToWhatThePlatformTakes() {
        for (double quota : new double[] {0, 2000}) {
            Pace pace = new Pace(quota, () -> now);
            double allowed = 300;
            double left = 0;
            int accepted = 0;
            int throttled = 0;
            for (int tick = 0; tick < 60_000; tick++) {
                now += SECOND / 1000;
                left = tick % 1000 == 0 ? allowed : left;
                for (int i = 0; i < 5 && pace.tryDepart(1); i++) {
                    if (left >= 1) {
                        left--;
                        accepted++;
                        pace.accepted(1);
                    } else {
                        throttled++;
                        pace.throttled(1, true, device("d" + i));
                    }
                }
            }

            assertThat(accepted / 60.0).as("accepted a second, quota %s", quota).isGreaterThan(0.6 * allowed);
            assertThat(throttled / 60.0)
                    .as("throttled a second, quota %s", quota)
                    .isLessThan(0.35 * allowed);
        }
    }

    private int departures(Pace pace, double cost, int seconds) {
        long end = now + seconds * SECOND;
        int departures = 0;
        while (now < end) {
            if (pace.tryDepart(cost)) {
                departures++;
            } else {
                now += pace.delay();
            }
        }
        return departures;
    }
}

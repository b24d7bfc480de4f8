package io.iotdarelay.limits;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.iotdarelay.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
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
        assertThat(limiter.delay(1)).isZero();
    }

    @Test
    void keepsTheQuota() {
        RateLimiter limiter = new RateLimiter(100, () -> now);

        assertThat(departures(limiter, 1, 10)).isBetween(975, 1000);
    }

    /** A gateway's request costs one unit for each child. Those of other event loops that need one unit must not always be first. */
    @Test
    void keepsRoomForARequestThatNeedsMuchOfTheQuota() {
        for (int cost : new int[] {50, 99, 150}) {
            RateLimiter limiter = new RateLimiter(100, () -> now);
            Object large = "the line of the large one";
            assertThat(departures(limiter, 1, 2)).isGreaterThan(180);
            long began = now;
            while (!limiter.tryAcquire(cost, large)) {
                boolean unused = limiter.tryAcquire(1, "the line of the others");
                now += SECOND / 200;
                assertThat(now - began).as("cost %d", cost).isLessThan(3 * SECOND);
            }
        }
    }

    /** Two event loops read the time, and then the state, in whatever order. */
    @Test
    void forgetsNothingWhenALoopIsALittleBehind() {
        RateLimiter limiter = new RateLimiter(10, () -> now);
        now += SECOND; // a tenth of a second's worth is saved up, so that what is sent next is paid for before the
        // second ends
        assertThat(limiter.tryAcquire(10)).isTrue();

        now -= SECOND / 50;
        limiter.accepted(1);
        now += SECOND / 50 + SECOND * 95 / 100;

        assertThat(limiter.tryAcquire(1)).isFalse();
    }

    @Test
    void keepsNoRoomForARequestThatIsNotWantedAnyMore() {
        RateLimiter limiter = new RateLimiter(100, () -> now);
        assertThat(departures(limiter, 1, 1)).isBetween(90, 100);
        Object given = "a line that is given up";
        Object forgotten = "a line that asks no more";

        assertThat(limiter.tryAcquire(100, given)).isFalse();
        limiter.release(given);
        assertThat(departures(limiter, 1, 3)).isGreaterThan(280);
        assertThat(limiter.tryAcquire(100, forgotten)).isFalse();
        assertThat(departures(limiter, 1, 3)).isGreaterThan(200);
    }

    /** Idle times, requests of all sizes, a changed quota: whenever a second begins, what leaves in it is within the quota. */
    @Test
    void neverLetsMoreLeaveInAnySecondThanTheQuota() {
        Seeds.each(200, random -> {
            now = random.nextLong(1L << 40);
            int quota = 5 + random.nextInt(500);
            RateLimiter limiter = new RateLimiter(quota, () -> now);
            int dearest = 1 + random.nextInt(5);
            List<long[]> left = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                int cost = 1 + random.nextInt(dearest);
                if (limiter.tryAcquire(cost)) {
                    left.add(new long[] {now, cost});
                } else {
                    now += random.nextInt(3) == 0 ? limiter.delay(cost) : random.nextLong(SECOND / 50);
                }
                now += random.nextInt(300) == 0 ? random.nextLong(3 * SECOND) : 0;
            }
            int first = 0;
            long sum = 0;
            for (long[] each : left) {
                sum += each[1];
                while (each[0] - left.get(first)[0] >= SECOND) {
                    sum -= left.get(first++)[1];
                }
                assertThat(sum).isLessThanOrEqualTo(quota);
            }
        });
    }

    @Test
    void aRequestThatCostsMoreThanTheQuotaGoesAlone() {
        RateLimiter limiter = new RateLimiter(2, () -> now);
        assertThat(limiter.tryAcquire(1)).isTrue();
        now += limiter.delay(1);
        assertThat(limiter.tryAcquire(16)).isFalse();
        now += limiter.delay(16);

        assertThat(limiter.tryAcquire(16)).isTrue();
        assertThat(limiter.delay(1)).isGreaterThan(7 * SECOND);
    }

    @Test
    void anotherQuotaCountsAtOnce() {
        RateLimiter limiter = new RateLimiter(100, () -> now);
        assertThat(departures(limiter, 1, 1)).isGreaterThan(90);

        limiter.allow(10);
        assertThat(limiter.rate()).isEqualTo(10);
        assertThat(departures(limiter, 1, 10)).isLessThanOrEqualTo(100);

        limiter.throttled(1, true, device("a"));
        limiter.allow(3);
        assertThat(limiter.rate()).isEqualTo(3);
        limiter.allow(0);
        now += 60 * SECOND;
        assertThat(limiter.rate()).isZero();
    }

    @Test
    void permitsNothingWhileAQuotaThatVariesIsNothing() {
        double[] quota = {0};
        RateLimiter limiter = new RateLimiter(100, () -> now);
        limiter.follow(() -> quota[0]);

        assertThat(departures(limiter, 1, 5)).isZero();
        assertThat(limiter.isFree()).isFalse();
        assertThat(limiter.rate()).isLessThan(0.001);
        quota[0] = 50;
        assertThat(departures(limiter, 1, 2)).isBetween(95, 100);
        quota[0] = 0;
        assertThat(departures(limiter, 1, 5)).isZero();
    }

    @Test
    void debtThatASmallQuotaTakesAgesToPayOffDoesNotLetAnythingLeave() {
        RateLimiter limiter = new RateLimiter(0, () -> now);
        limiter.follow(() -> 2e-6);

        assertThat(limiter.tryAcquire(1e6)).isTrue();

        assertThat(departures(limiter, 1, 5)).isZero();
        assertThat(limiter.delay(1)).isPositive();
    }

    /** The shares of instances change at any time, and none of their windows is aligned. */
    @Test
    void neverLetsMoreLeaveInAnySecondThanAQuotaThatVariesAtItsEnd() {
        Seeds.each(40, dice -> {
            double[] quota = {dice.nextDouble(1, 50)};
            RateLimiter limiter = new RateLimiter(quota[0], () -> now);
            limiter.follow(() -> quota[0]);
            List<Long> left = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                now += dice.nextLong(SECOND / 100);
                if (dice.nextInt(300) == 0) {
                    quota[0] = dice.nextDouble(1, 50);
                }
                if (limiter.tryAcquire(1)) {
                    left.add(now);
                    long since = now - SECOND;
                    assertThat(left.stream().filter(at -> at > since).count()).isLessThanOrEqualTo((long) quota[0]);
                    left.removeIf(at -> at <= since);
                }
            }
        });
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

        assertThat(limiter.delay(1) / (double) SECOND).isCloseTo(2, within(0.01));
        now += limiter.delay(1);
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
                now += limiter.delay(cost);
            }
        }
        return departures;
    }
}

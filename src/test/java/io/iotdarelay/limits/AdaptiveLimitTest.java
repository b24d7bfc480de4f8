package io.iotdarelay.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Seeds;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The adaptive limit in front of a model of a platform, in virtual time. */
class AdaptiveLimitTest {

    private static final int MOST = 256;
    private static final int PLENTY = 2 * MOST;
    private static final int SCHEDULES = 12;
    private static final Duration SETTLE = Duration.ofSeconds(30);
    private static final Duration MEASURE = Duration.ofSeconds(30);

    /** A request may take twice the usual time and 25 ms; between decisions it takes a little more. */
    private static final double SLACK = 1.3;

    /** Few requests are in flight, so the limit has not grown: that must not leave all failing devices with one slot. */
    @Test
    void leavesFailingDevicesTheirShareWhereFewRequestsAreMade() {
        assertThat(new AdaptiveLimit(MOST, 0).slotsOfFailing()).isGreaterThanOrEqualTo(8);
        assertThat(new AdaptiveLimit(1, 0).slotsOfFailing()).isEqualTo(1);
    }

    @Test
    void findsTheCapacityAfterTheStart() {
        Seeds.each(SCHEDULES, random -> {
            Given given = Given.random(random);
            ModelPlatform platform = given.platform(random, given.capacity);
            platform.run(SETTLE, PLENTY);

            given.assertIsCarried(platform.run(MEASURE, PLENTY));
        });
    }

    @Test
    void findsItFromTooHigh() {
        Seeds.each(SCHEDULES, random -> {
            Given given = Given.random(random);
            ModelPlatform platform = given.platform(random, MOST);
            platform.run(SETTLE, PLENTY);
            assertThat(platform.limit()).isGreaterThan(MOST / 2);
            platform.capacity(given.capacity);
            platform.run(SETTLE, PLENTY);

            given.assertIsCarried(platform.run(MEASURE, PLENTY));
        });
    }

    @Test
    void findsItFromTooLow() {
        Seeds.each(SCHEDULES, random -> {
            Given given = Given.random(random);
            ModelPlatform platform = given.platform(random, 4);
            platform.run(SETTLE, PLENTY);
            assertThat(platform.limit()).isLessThan(100);
            platform.capacity(given.capacity);
            platform.run(SETTLE, PLENTY);

            given.assertIsCarried(platform.run(MEASURE, PLENTY));
        });
    }

    @Test
    void findsItWhereWhatIsTooMuchIsReset() {
        Seeds.each(SCHEDULES, random -> {
            Given given = Given.random(random);
            ModelPlatform platform = given.platform(random, given.capacity);
            platform.longestQueue(Duration.ofMillis(1));
            platform.run(SETTLE, PLENTY);
            ModelPlatform.Tally tally = platform.run(MEASURE, PLENTY);

            assertThat((double) tally.accepted()).isGreaterThan(0.75 * given.perfect());
            assertThat(platform.limit()).isLessThan(2 * given.capacity + 8);
        });
    }

    @Test
    void isNotStuckWhenThePlatformBecomesSlower() {
        Seeds.each(SCHEDULES, random -> {
            ModelPlatform platform = new ModelPlatform(random, MOST, MOST, Duration.ofMillis(20));
            platform.run(SETTLE, PLENTY);
            platform.base(Duration.ofMillis(200));
            platform.run(SETTLE, PLENTY);

            assertThat((double) platform.run(MEASURE, PLENTY).accepted())
                    .isGreaterThan(0.9 * MOST * MEASURE.toSeconds() / 0.2);
        });
    }

    /** A third of the requests is slow for reasons of their own, or a tenth fails: the others have all slots that there are. */
    @Test
    void devicesThatAreSlowOrFailShrinkItForNobody() {
        Seeds.each(SCHEDULES, random -> {
            ModelPlatform platform = new ModelPlatform(random, MOST, MOST, Duration.ofMillis(50));
            platform.slowDevices(0.3);
            platform.run(SETTLE, PLENTY);
            platform.run(MEASURE, PLENTY);
            assertThat(platform.limit()).isEqualTo(MOST);

            platform.slowDevices(0);
            platform.failingDevices(0.1);
            platform.run(MEASURE, PLENTY);
            assertThat(platform.limit()).isEqualTo(MOST);
        });
    }

    @Test
    void doesNotShrinkForAFleetOfAFewDevices() {
        Seeds.each(SCHEDULES, random -> {
            ModelPlatform platform = new ModelPlatform(random, MOST, MOST, Duration.ofMillis(20));
            platform.run(SETTLE, PLENTY);
            platform.slowDevices(0.9);
            platform.run(MEASURE, 3);

            assertThat(platform.limit()).isGreaterThanOrEqualTo(MOST * 3 / 4);
        });
    }

    @Test
    void startsSlowlyAgainAndIsBackAtOnce() {
        Seeds.each(SCHEDULES, random -> {
            ModelPlatform platform = new ModelPlatform(random, MOST, MOST, Duration.ofMillis(20));
            assertThat(platform.limit()).isEqualTo(16);
            platform.run(Duration.ofSeconds(2), PLENTY);
            assertThat(platform.limit()).isEqualTo(MOST);

            platform.startSlowly();
            assertThat(platform.limit()).isEqualTo(16);
            platform.run(Duration.ofSeconds(2), PLENTY);
            assertThat(platform.limit()).isEqualTo(MOST);
        });
    }

    private record Given(int capacity, Duration base) {

        static Given random(RandomGenerator random) {
            return new Given(5 + random.nextInt(200), Duration.ofMillis(10 + random.nextInt(290)));
        }

        ModelPlatform platform(RandomGenerator random, int at) {
            return new ModelPlatform(random, MOST, at, base);
        }

        /** What a platform of this capacity accepts meanwhile. */
        double perfect() {
            return (double) MEASURE.toNanos() / base.toNanos() * capacity;
        }

        /** Nearly all of the capacity is used, and requests hardly queue. */
        void assertIsCarried(ModelPlatform.Tally tally) {
            assertThat((double) tally.accepted()).as("accepted, %s", this).isGreaterThan(0.9 * perfect());
            assertThat((double) tally.meanLatency().toMillis())
                    .as("latency, %s", this)
                    .isLessThan(SLACK * (2 * base.toMillis() + 25));
        }
    }
}

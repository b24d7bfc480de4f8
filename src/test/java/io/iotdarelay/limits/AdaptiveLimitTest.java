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

    /** A trial may have ended by then. */
    private static final Duration TRIED = Duration.ofMinutes(2);

    /** A request may take twice the usual time and 25 ms; between decisions, and while more are tried, it takes more. */
    private static final double SLACK = 1.5;

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

    /** Nine of ten are slow whatever the load, or a node behind the load balancer fails: fewer requests would not help. */
    @Test
    void isNotHeldLowByWhatDoesNotDependOnTheLoad() {
        Seeds.each(SCHEDULES, random -> {
            Duration base = Duration.ofMillis(10 + random.nextInt(190));
            ModelPlatform slow = new ModelPlatform(random, MOST, MOST, base);
            slow.run(SETTLE, PLENTY);
            slow.slowDevices(0.9);
            slow.run(TRIED, PLENTY);
            assertThat((double) slow.run(MEASURE, PLENTY).accepted())
                    .as("slow, %s", base)
                    .isGreaterThan(0.9 * MOST * MEASURE.toMillis() / (base.toMillis() + 0.9 * 2000));

            double failing = 0.25 + 0.5 * random.nextDouble();
            ModelPlatform failed = new ModelPlatform(random, MOST, MOST, base);
            failed.failingNodes(failing);
            failed.run(TRIED, PLENTY);
            assertThat((double) failed.run(MEASURE, PLENTY).accepted())
                    .as("failing %s, %s", failing, base)
                    .isGreaterThan(0.9 * (1 - failing) * MOST * MEASURE.toMillis() / base.toMillis());
        });
    }

    /** A trial sends more than the platform carries, for a short time. */
    @Test
    void takesNoQueueForSlownessWhereThePlatformCarriesFew() {
        Seeds.each(SCHEDULES, random -> {
            int capacity = 3 + random.nextInt(10);
            Duration base = Duration.ofMillis(10 + random.nextInt(290));
            ModelPlatform platform = new ModelPlatform(random, MOST, capacity, base);
            platform.run(TRIED, PLENTY);
            ModelPlatform.Tally tally = platform.run(Duration.ofMinutes(5), PLENTY);

            assertThat((double) tally.meanLatency().toMillis())
                    .as("capacity %s, %s", capacity, base)
                    .isLessThan(4.0 * base.toMillis() + 25);
        });
    }

    /** What was learnt while most were slow is given up when the platform carries less, and when all are well again. */
    @Test
    void followsLatencyAgainAfterATrial() {
        Seeds.each(SCHEDULES, random -> {
            Given given = Given.random(random);
            ModelPlatform platform = given.platform(random, MOST);
            platform.slowDevices(0.9);
            platform.run(TRIED, PLENTY);
            assertThat(platform.limit()).isGreaterThan(MOST / 2);
            platform.slowDevices(0);
            platform.run(SETTLE, PLENTY);
            platform.capacity(given.capacity);
            platform.run(SETTLE, PLENTY);

            given.assertIsCarried(platform.run(MEASURE, PLENTY));
        });
    }

    /** While most are slow, the platform comes to carry only a few: what a slot costs shows it. */
    @Test
    void noticesAQueueWhereMostAreSlow() {
        Seeds.each(SCHEDULES, random -> {
            ModelPlatform platform = new ModelPlatform(random, MOST, MOST, Duration.ofMillis(200));
            platform.slowDevices(0.9);
            platform.run(TRIED, PLENTY);
            assertThat(platform.limit()).isGreaterThan(MOST / 2);
            platform.capacity(4);
            platform.run(TRIED, PLENTY);

            assertThat(platform.run(TRIED, PLENTY).meanLatency()).isLessThan(Duration.ofSeconds(6));
        });
    }

    @Test
    void triesNothingWhileFewAreNeeded() {
        Seeds.each(SCHEDULES, random -> {
            ModelPlatform platform = new ModelPlatform(random, MOST, MOST, Duration.ofMillis(20));
            platform.failingNodes(0.5);
            for (int second = 0; second < 60; second++) {
                platform.run(Duration.ofSeconds(1), 3 + random.nextInt(8));
            }
            int limit = platform.limit();
            platform.failingNodes(0);
            platform.run(SETTLE, PLENTY);

            assertThat(limit).isLessThan(MOST);
            assertThat(platform.limit()).isEqualTo(MOST);
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

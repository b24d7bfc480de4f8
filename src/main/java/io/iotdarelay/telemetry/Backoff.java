package io.iotdarelay.telemetry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: a random time between zero and a bound that doubles with every failure ("full
 * jitter"), so that many that failed together do not retry together. Resilience4j's {@code IntervalFunction} and Reactor's
 * retries draw their jitter from a generator that cannot be injected.
 */
public record Backoff(Duration first, Duration most, RandomGenerator random) {

    private static final int MAX_DOUBLINGS = 20;

    /** The bounds are those of the platform's own device SDKs: 1 s to 30 s. */
    public static Backoff standard(RandomGenerator random) {
        return new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), random);
    }

    /** The wait after this many failures in a row, at least one. */
    public Duration after(long failures) {
        return Duration.ofMillis(random.nextLong(bound(failures).toMillis() + 1));
    }

    /** The maximum of this wait; also the wait itself if there is nobody to collide with. */
    public Duration bound(long failures) {
        Duration bound = first.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
        return bound.compareTo(most) < 0 ? bound : most;
    }
}

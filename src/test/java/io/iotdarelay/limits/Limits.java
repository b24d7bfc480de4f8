package io.iotdarelay.limits;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Clock;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** Makes limits for tests of other rooms. */
public final class Limits {

    private Limits() {}

    public static Breakers breakers(
            CircuitBreaker reports,
            CircuitBreaker authentications,
            Clock clock,
            InstantSource steady,
            LongSupplier nanoTime) {
        return new Breakers(
                new Misconfiguration(steady, nanoTime),
                new Breaker(reports, nanoTime),
                new Breaker(authentications, nanoTime),
                clock);
    }

    /** Nanoseconds until the limiter allows the next request. */
    public static long delay(RateLimiter limiter) {
        return limiter.delay(1);
    }
}

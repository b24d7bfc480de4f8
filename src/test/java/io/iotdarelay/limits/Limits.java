package io.iotdarelay.limits;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
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

    /** A breaker over calls that is closed. */
    public static CallBreaker callBreaker(Clock clock) {
        return CallBreaker.of("platform", Optional.empty(), clock);
    }

    /** The same, which one failure opens for a moment; then one call probes. */
    public static CallBreaker impatientBreaker(Clock clock) {
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .slidingWindowSize(1)
                .minimumNumberOfCalls(1)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitDurationInOpenState(Duration.ofMillis(10))
                .build();
        return CallBreaker.of("platform", Optional.of(config), clock);
    }

    /** Nanoseconds until the limiter allows the next request. */
    public static long delay(RateLimiter limiter) {
        return limiter.delay(1);
    }
}

package io.iotdarelay.limits;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerEvent;
import io.github.resilience4j.common.circuitbreaker.configuration.CircuitBreakerConfigCustomizer;
import io.github.resilience4j.consumer.EventConsumerRegistry;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.telemetry.SteadyClock;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Wires the limits that all event loops share. */
@Configuration(proxyBeanMethods = false)
public class LimitsConfiguration {

    /** The instances of {@code resilience4j.circuitbreaker.instances} that users may tune. */
    private static final String REPORTS = "iotda";

    private static final String AUTHENTICATIONS = "device-auth";

    /** One of {@code resilience4j.circuitbreaker.configs}, if users tune it. */
    private static final String APPLICATION = "platform";

    @Bean
    CircuitBreakerConfigCustomizer reportsBreakerCustomizer() {
        return CircuitBreakerConfigCustomizer.of(REPORTS, LimitsConfiguration::customize);
    }

    @Bean
    CircuitBreakerConfigCustomizer authenticationsBreakerCustomizer() {
        return CircuitBreakerConfigCustomizer.of(AUTHENTICATIONS, LimitsConfiguration::customize);
    }

    /**
     * Waiting lanes are resumed when the breaker changes; it must change without being asked. And event loops must not wait for each
     * other: the windows are those without locks, which in Resilience4j 2.4 cannot hold a single call.
     */
    private static void customize(CircuitBreakerConfig.Builder builder) {
        builder.automaticTransitionFromOpenToHalfOpenEnabled(true);
        CircuitBreakerConfig config = builder.build();
        if (config.getSlidingWindowSize() > 1 && config.getPermittedNumberOfCallsInHalfOpenState() > 1) {
            builder.slidingWindowSynchronizationStrategy(
                    CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.LOCK_FREE);
        }
    }

    @Bean
    EventConsumerRegistry<CircuitBreakerEvent> breakerEvents() {
        return new BreakerEvents();
    }

    @Bean
    Breakers breakers(CircuitBreakerRegistry registry, Clock clock, SteadyClock time, LongSupplier nanoTime) {
        return new Breakers(
                new Misconfiguration(time, nanoTime),
                new Breaker(registry.circuitBreaker(REPORTS), nanoTime),
                new Breaker(registry.circuitBreaker(AUTHENTICATIONS), nanoTime),
                clock);
    }

    /**
     * Made only where there is an application side. It is none of the registry's instances: their metrics are about delivery, and alerts
     * count on that.
     */
    @Bean
    @Lazy
    CallBreaker applicationBreaker(CircuitBreakerRegistry registry, Clock clock) {
        return CallBreaker.of(APPLICATION, registry.getConfiguration(APPLICATION), clock);
    }

    @Bean
    RequestLimits.Shared sharedLimits(
            Breakers breakers, QuotaProperties quota, RelayGauges gauges, LongSupplier nanoTime) {
        RequestLimits.Shared shared = new RequestLimits.Shared(
                breakers,
                new RateLimiter(quota.messagesPerSecond(), nanoTime),
                new RateLimiter(quota.authenticationsPerSecond(), nanoTime),
                new AtomicInteger(),
                new AtomicInteger(),
                new AtomicInteger());
        gauges.show(RelayMeter.QUOTA_WAITING, shared.waiting()::get);
        gauges.show(RelayMeter.QUOTA_RATE, shared.reportRate()::rate);
        gauges.show(RelayMeter.REQUESTS_LIMIT, shared.inFlightLimit()::get);
        return shared;
    }
}

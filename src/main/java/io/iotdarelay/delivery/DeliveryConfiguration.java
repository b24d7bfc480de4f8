package io.iotdarelay.delivery;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerEvent;
import io.github.resilience4j.common.circuitbreaker.configuration.CircuitBreakerConfigCustomizer;
import io.github.resilience4j.consumer.EventConsumerRegistry;
import io.iotdarelay.auth.TokenCache;
import io.iotdarelay.auth.TokenProperties;
import io.iotdarelay.auth.TokenStore;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.iotda.IotdaClient;
import io.iotdarelay.iotda.IotdaClients;
import io.iotdarelay.iotda.IotdaProperties;
import io.iotdarelay.lane.LaneProperties;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.telemetry.SteadyClock;
import io.iotdarelay.tracing.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires delivery: one loop for each client. */
@Configuration(proxyBeanMethods = false)
public class DeliveryConfiguration {

    /** The instances of {@code resilience4j.circuitbreaker.instances} that users may tune. */
    private static final String REPORTS = "iotda";

    private static final String AUTHENTICATIONS = "device-auth";
    private static final String CONFIGURATION = "configuration";

    /** A configuration that is wrong is not mended by asking often. */
    private static final Duration CONFIGURATION_PROBE = Duration.ofSeconds(30);

    /** Of the requests under way, this part at the most may be authentications. */
    private static final int AUTHENTICATION_SHARE = 4;

    @Bean
    CircuitBreakerConfigCustomizer reportsBreakerCustomizer() {
        return CircuitBreakerConfigCustomizer.of(REPORTS, DeliveryConfiguration::customize);
    }

    @Bean
    CircuitBreakerConfigCustomizer authenticationsBreakerCustomizer() {
        return CircuitBreakerConfigCustomizer.of(AUTHENTICATIONS, DeliveryConfiguration::customize);
    }

    /**
     * Waiting lanes go on when the breaker changes; it must not wait for somebody to ask. And event loops must not wait for each
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
    Breakers breakers(CircuitBreakerRegistry registry, Clock clock) {
        CircuitBreakerConfig first = CircuitBreakerConfig.custom()
                .slidingWindow(1, 1, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(100)
                .waitDurationInOpenState(CONFIGURATION_PROBE)
                .permittedNumberOfCallsInHalfOpenState(1)
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .build();
        return new Breakers(
                new Breaker(CircuitBreaker.of(CONFIGURATION, first)),
                new Breaker(registry.circuitBreaker(REPORTS)),
                new Breaker(registry.circuitBreaker(AUTHENTICATIONS)),
                clock);
    }

    @Bean
    Delivery delivery(
            IotdaClients clients,
            Breakers breakers,
            DeviceDirectory directory,
            DevicesProperties devices,
            QuotaProperties quota,
            QuarantineProperties quarantine,
            LaneProperties lanes,
            IotdaProperties iotda,
            TokenProperties tokens,
            OutcomeSink outcomes,
            RequestMeters meters,
            RelayGauges gauges,
            Tracing tracing,
            SteadyClock time,
            LongSupplier nanoTime,
            RandomGenerator random) {
        Pace pace = new Pace(quota.messagesPerSecond(), nanoTime);
        Pace authenticationPace = new Pace(quota.authenticationsPerSecond(), nanoTime);
        AtomicInteger waiting = new AtomicInteger();
        AtomicInteger requestsUnderWay = new AtomicInteger();
        FailurePolicy policy = new FailurePolicy(Backoff.standard(random));
        int requests = Math.min(lanes.maxInFlightRequests(), iotda.maxConnections());
        int count = Math.min(clients.all().size(), requests);
        List<DeliveryLoop> loops = new ArrayList<>();
        List<TokenStore> stores = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            IotdaClient client = clients.all().get(i);
            int share = IotdaClients.share(requests, count, i);
            Slots slots = new Slots(share);
            GuardedAuthenticator authenticator = new GuardedAuthenticator(
                    client,
                    breakers,
                    authenticationPace,
                    new Departures(authenticationPace, client.loop(), waiting),
                    new Slots(Math.max(1, share / AUTHENTICATION_SHARE)),
                    slots);
            TokenStore store = new TokenStore(Math.ceilDiv(tokens.maxDevices(), count), nanoTime);
            stores.add(store);
            loops.add(new DeliveryLoop(new LoopParts(
                    client,
                    new TokenCache(
                            store, authenticator, directory, tokens.renewAt(), client.loop(), nanoTime, random, meters),
                    slots,
                    new Departures(pace, client.loop(), waiting),
                    new Quarantine(quarantine.probeAfter(), time),
                    directory,
                    devices.unknownGrace(),
                    breakers,
                    pace,
                    policy,
                    lanes.limits(),
                    lanes.linger(),
                    new LaneOutcomes(outcomes),
                    new DefectLog(time),
                    meters,
                    tracing,
                    requestsUnderWay,
                    time)));
        }
        Delivery delivery = new Delivery(loops, breakers, pace, requestsUnderWay, time);
        gauges.show(
                RelayMeter.TOKENS_CACHED,
                () -> stores.stream().mapToLong(TokenStore::size).sum());
        gauges.show(RelayMeter.DEVICES_QUARANTINED, delivery::quarantinedCount);
        gauges.show(RelayMeter.QUOTA_WAITING, waiting::get);
        return delivery;
    }
}

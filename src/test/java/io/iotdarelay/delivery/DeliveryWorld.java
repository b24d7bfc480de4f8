package io.iotdarelay.delivery;

import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.iotdarelay.auth.SharedTokens;
import io.iotdarelay.auth.TokenCache;
import io.iotdarelay.auth.TokenStore;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.iotda.RequestPacking;
import io.iotdarelay.lane.InFlightLimit;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.lane.Packing;
import io.iotdarelay.lane.Superseding;
import io.iotdarelay.limits.Breakers;
import io.iotdarelay.limits.Limits;
import io.iotdarelay.limits.Obstacle;
import io.iotdarelay.limits.RateLimiter;
import io.iotdarelay.limits.RequestLimits;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.Keep;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.FakeIotda;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.MapDirectory;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import io.iotdarelay.tracing.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.test.scheduler.VirtualTimeScheduler;

/** One event loop with all that belongs to it, in virtual time. */
class DeliveryWorld {

    final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");

    /** Advances the scheduler and the clock. */
    final InstantSource steady = () -> clock.instant().plusNanos(nanoTime());

    final FakeIotda iotda = new FakeIotda(time);
    final MapDirectory directory = new MapDirectory();

    /** These two keep all that they are asked; others may stand in. */
    PlatformClient platform = iotda;

    DeviceDirectory devices = directory;

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final AtomicInteger waitingForRate = new AtomicInteger();
    final AtomicInteger requestsInFlight = new AtomicInteger();
    final AtomicInteger requestsLimit = new AtomicInteger();
    InFlightLimit inFlightLimit = InFlightLimit.ADAPTIVE;
    final CircuitBreaker reports = CircuitBreaker.of("iotda", breaker(20, 10, 3));
    final CircuitBreaker authentications = CircuitBreaker.of("device-auth", breaker(20, 10, 3));
    final List<String> delivered = new ArrayList<>();
    final List<String> superseded = new ArrayList<>();
    final Map<Long, Outcome.Rejected> rejected = new HashMap<>();
    final TestAssignment assignment = new TestAssignment();
    final Map<Long, Report> reportsByOffset = new HashMap<>();
    double messagesPerSecond;
    double authenticationsPerSecond;
    int slots = 100;
    int mostTokens = 1000;
    Duration maxAge = Duration.ofSeconds(5);
    Duration linger = Duration.ZERO;
    Duration minInterval = Duration.ZERO;
    Keep keep = Keep.ALL;
    Packing packing = new RequestPacking(65_536, 50);
    Duration unknownGrace = Duration.ZERO;
    Duration longestLookup = Duration.ofHours(1);
    Tracing tracing = Tracing.OFF;
    RateLimiter authenticationRate = new RateLimiter(0, this::nanoTime);
    RateLimiter reportRate = new RateLimiter(0, this::nanoTime);
    Breakers breakers = Limits.breakers(reports, authentications, clock, steady, this::nanoTime);
    Duration failingAfter = Duration.ofMinutes(5);
    int slowSlots;
    long nextOffset;

    void halfOpen() {
        for (CircuitBreaker breaker : List.of(reports, authentications)) {
            if (breaker.getState() == CircuitBreaker.State.OPEN) {
                breaker.transitionToHalfOpenState();
            }
        }
    }

    DeliveryLoop loop() {
        breakers = Limits.breakers(reports, authentications, clock, steady, this::nanoTime);
        authenticationRate = new RateLimiter(authenticationsPerSecond, this::nanoTime);
        RequestLimits.Shared shared = new RequestLimits.Shared(
                breakers,
                new RateLimiter(messagesPerSecond, this::nanoTime),
                authenticationRate,
                waitingForRate,
                requestsInFlight,
                requestsLimit);
        reportRate = shared.reportRate();
        RequestMeters meters = new RequestMeters(registry);
        FailurePolicy policy = new FailurePolicy(Backoff.standard(new SplittableRandom(7)), failingAfter);
        RequestLimits requestLimits = new RequestLimits(
                shared,
                new RequestLimits.Share(slots, slowSlots, inFlightLimit == InFlightLimit.ADAPTIVE, maxAge),
                time,
                this::nanoTime);
        AwaitedTokens awaited = new AwaitedTokens();
        TokenCache tokens = new TokenCache(
                new TokenStore(mostTokens, this::nanoTime),
                SharedTokens.NONE,
                new LimitedAuthenticator(platform, requestLimits, awaited),
                devices,
                0.9,
                time,
                this::nanoTime,
                new SplittableRandom(8),
                meters);
        Quarantine quarantine = new Quarantine(
                List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofMinutes(60)),
                steady);
        LaneOutcomes outcomes = new LaneOutcomes(this::settle);
        return new DeliveryLoop(new LaneResources(
                platform,
                requestLimits,
                tokens,
                awaited,
                devices,
                quarantine,
                new LaneRules(policy, packing, linger, unknownGrace, longestLookup),
                new Spacing(minInterval, this::nanoTime),
                outcomes,
                new Superseding.Rule(packing, keep, outcomes::superseded),
                new DefectLog(steady),
                new RecentByDevice<>(64),
                meters,
                tracing,
                steady));
    }

    /** Whether the configuration is suspected to be wrong. */
    boolean isSuspected() {
        return breakers.trouble().map(Obstacle::misconfigured).orElse(false);
    }

    void settle(List<LaneEntry> entries, Outcome outcome) {
        for (LaneEntry entry : entries) {
            long offset = entry.record().record().position().offset();
            switch (outcome) {
                case Outcome.Delivered ignored ->
                    delivered.add(TestTelemetry.text(
                            Objects.requireNonNull(reportsByOffset.get(offset)).json()));
                case Outcome.Superseded ignored ->
                    superseded.add(TestTelemetry.text(
                            Objects.requireNonNull(reportsByOffset.get(offset)).json()));
                case Outcome.Rejected rejection ->
                    assertThat(rejected.put(offset, rejection)).isNull();
            }
        }
    }

    void enqueue(DeliveryLoop loop, Report... entries) {
        loop.enqueue(Arrays.stream(entries)
                .map(report -> {
                    if (!directory.holds(report.sender())) {
                        directory.with(report.sender().value(), "secret-of-" + report.sender());
                    }
                    reportsByOffset.put(nextOffset, report);
                    return new LaneEntry(inFlight(assignment, nextOffset++), report);
                })
                .toList());
    }

    Rejection rejection(long offset) {
        return Objects.requireNonNull(rejected.get(offset)).rejection();
    }

    void release(DeliveryLoop loop) {
        CompletableFuture<Void> done = loop.dropLeaving();
        advance(Duration.ofMillis(1));
        assertThat(done).isCompleted();
    }

    void advance(Duration duration) {
        time.advanceTimeBy(duration);
    }

    long nanoTime() {
        return time.now(TimeUnit.NANOSECONDS);
    }

    static CircuitBreakerConfig breaker(int window, int least, int probes) {
        return CircuitBreakerConfig.custom()
                .slidingWindow(window, least, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofDays(1))
                .permittedNumberOfCallsInHalfOpenState(probes)
                .build();
    }
}

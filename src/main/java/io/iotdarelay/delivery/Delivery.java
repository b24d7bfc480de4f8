package io.iotdarelay.delivery;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Delivers reports: each lane on its event loop, always the same one. May be called by any thread. */
public final class Delivery {

    private final List<DeliveryLoop> loops;
    private final Breakers breakers;
    private final Pace pace;
    private final AtomicInteger quarantined;
    private final AtomicInteger requestsUnderWay;
    private final Clock clock;

    Delivery(
            List<DeliveryLoop> loops,
            Breakers breakers,
            Pace pace,
            AtomicInteger quarantined,
            AtomicInteger requestsUnderWay,
            Clock clock) {
        this.loops = List.copyOf(loops);
        this.breakers = breakers;
        this.pace = pace;
        this.quarantined = quarantined;
        this.requestsUnderWay = requestsUnderWay;
        this.clock = clock;
    }

    /** Takes reports over, in this order. Each record gets an outcome, unless its partition leaves before. */
    public void enqueue(List<LaneEntry> entries) {
        List<List<LaneEntry>> byLoop = new ArrayList<>();
        loops.forEach(loop -> byLoop.add(new ArrayList<>()));
        entries.forEach(entry -> byLoop.get(loopOf(entry.report().sender())).add(entry));
        for (int i = 0; i < loops.size(); i++) {
            if (!byLoop.get(i).isEmpty()) {
                loops.get(i).enqueue(byLoop.get(i));
            }
        }
    }

    /** Forgets what belongs to partitions that have left. When this completes, nothing more is sent for them. */
    public CompletableFuture<Void> release() {
        return CompletableFuture.allOf(loops.stream().map(DeliveryLoop::release).toArray(CompletableFuture[]::new));
    }

    /** Why nothing can be delivered at the moment, if so. */
    public Optional<Obstacle> obstacle() {
        return obstacle(breakers.configuration(), true)
                .or(() -> obstacle(breakers.reports(), false))
                .or(() -> obstacle(breakers.authentications(), false));
    }

    /** Whether there is an obstacle and no request is under way either. */
    public boolean isStuck() {
        return requestsUnderWay.get() == 0 && obstacle().isPresent();
    }

    /** For how long the event loop that has been silent longest has not turned. */
    public Duration silence() {
        Instant now = clock.instant();
        return loops.stream()
                .map(loop -> Duration.between(loop.turned(), now))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    public DeliveryStatus status() {
        return new DeliveryStatus(
                obstacle(),
                breakers.all().stream().map(Breaker::status).toList(),
                quarantined.get(),
                requestsUnderWay.get(),
                pace.rate());
    }

    private static Optional<Obstacle> obstacle(Breaker breaker, boolean misconfigured) {
        return breaker.isOpen()
                ? Optional.of(new Obstacle(
                        misconfigured,
                        "circuit breaker " + breaker.name() + ": "
                                + breaker.lastFailure().orElse("opened by hand")))
                : Optional.empty();
    }

    private int loopOf(DeviceId sender) {
        int hash = sender.hashCode();
        return Math.floorMod(hash ^ (hash >>> 16), loops.size());
    }
}

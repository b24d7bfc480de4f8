package io.iotdarelay.delivery;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * The lanes of one event loop, and what they share. What is public to other threads hands over to the loop; everything else
 * is called there.
 */
final class DeliveryLoop {

    private static final Logger log = LoggerFactory.getLogger(DeliveryLoop.class);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final LoopParts parts;
    private final Gates gates;
    private final Map<DeviceId, LaneDelivery> lanes = new HashMap<>();
    private volatile Instant turned;

    DeliveryLoop(LoopParts parts) {
        this.parts = parts;
        this.gates = new Gates(parts.breakers());
        this.turned = parts.clock().instant();
        parts.breakers().all().forEach(breaker -> breaker.onTransition(() -> tell(breaker)));
        scheduler()
                .schedulePeriodically(this::look, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Takes reports over. Any thread. */
    void enqueue(List<LaneEntry> entries) {
        onLoop(() -> entries.forEach(
                entry -> lanes.computeIfAbsent(entry.report().sender(), sender -> new LaneDelivery(this, parts, sender))
                        .add(entry)));
    }

    /** Forgets what belongs to partitions that have left. Any thread; completes when it is done. */
    CompletableFuture<Void> release() {
        return CompletableFuture.runAsync(
                () -> List.copyOf(lanes.values()).forEach(LaneDelivery::release), this::onLoop);
    }

    /** When the loop last turned. Any thread. */
    Instant turned() {
        return turned;
    }

    private void look() {
        turned = parts.clock().instant();
        gates.look();
    }

    private void onLoop(Runnable task) {
        scheduler().schedule(task);
    }

    private void tell(Breaker breaker) {
        try {
            onLoop(() -> transition(breaker));
        } catch (RejectedExecutionException e) {
            log.atDebug().log("A circuit breaker changed after the end of its event loop");
        }
    }

    private void transition(Breaker breaker) {
        if (breaker.isClosed()) {
            parts.slots().startSlowly();
        }
        gates.look();
        if (breaker.isClosed()) {
            List.copyOf(lanes.values()).forEach(LaneDelivery::hurry);
        }
    }

    void retire(LaneDelivery lane) {
        lanes.remove(lane.sender(), lane);
    }

    /** A report leaves. */
    void requestBegan() {
        parts.requestsUnderWay().incrementAndGet();
    }

    /** A report is over, and whoever had to know its outcome has been told. */
    void requestEnded() {
        parts.requestsUnderWay().decrementAndGet();
    }

    private Scheduler scheduler() {
        return parts.client().loop();
    }

    Gates gates() {
        return gates;
    }
}

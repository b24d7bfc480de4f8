package io.iotdarelay.delivery;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
    private Map<SourcePartition, LaneDelivery> holders = Map.of();
    private volatile Instant turned;
    private volatile Map<SourcePartition, Whereabouts> oldest = Map.of();

    DeliveryLoop(LoopParts parts) {
        this.parts = parts;
        this.gates = new Gates(parts.breakers());
        this.turned = parts.time().instant();
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

    /** The lane that holds the oldest record of the partition does not wait for the rest of a backoff. Any thread. */
    void hurry(SourcePartition partition) {
        onLoop(() -> {
            LaneDelivery lane = holders.get(partition);
            if (lane != null) {
                lane.hurry();
            }
        });
    }

    /** When the loop last turned. Any thread. */
    Instant turned() {
        return turned;
    }

    /** Where the oldest record of each partition is that is in a lane, as of the last second. Any thread. */
    Map<SourcePartition, Whereabouts> oldest() {
        return oldest;
    }

    /** How many devices the platform refuses. Any thread. */
    int quarantinedCount() {
        return parts.quarantine().size();
    }

    Stream<Quarantine.Refusal> quarantined() {
        return parts.quarantine().all();
    }

    private void look() {
        turned = parts.time().instant();
        gates.look();
        parts.quarantine().forgetStrangers(parts.directory());
        findOldest();
    }

    private void findOldest() {
        Map<SourcePartition, Whereabouts> found = new HashMap<>();
        Map<SourcePartition, LaneDelivery> by = new HashMap<>();
        lanes.values()
                .forEach(lane -> lane.first().ifPresent(first -> {
                    SourcePartition partition =
                            first.record().record().position().sourcePartition();
                    Whereabouts other = found.get(partition);
                    if (other == null
                            || first.record().record().position().offset()
                                    < other.position().offset()) {
                        found.put(partition, lane.whereabouts(first));
                        by.put(partition, lane);
                    }
                }));
        oldest = Map.copyOf(found);
        holders = by;
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
        gates.forget(lane);
        parts.departures().forget(lane);
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

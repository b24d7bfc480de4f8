package io.iotdarelay.delivery;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import reactor.core.scheduler.Scheduler;

/**
 * The lanes of one event loop, and what they share. Methods for other threads pass their work to the loop; everything else
 * is called on the loop.
 */
final class DeliveryLoop {

    private static final Duration TICK = Duration.ofSeconds(1);

    private final LaneResources with;
    private final Map<DeviceId, LaneDelivery> lanes = new HashMap<>();
    private Map<SourcePartition, LaneDelivery> holders = Map.of();
    private volatile Instant turned;
    private volatile Map<SourcePartition, Whereabouts> oldest = Map.of();

    DeliveryLoop(LaneResources with) {
        this.with = with;
        this.turned = with.time().instant();
        with.limits().onRecovery(() -> List.copyOf(lanes.values()).forEach(LaneDelivery::retryNow));
        with.awaited().of(this::awaitsToken);
        scheduler().schedulePeriodically(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Accepts reports. Callable from any thread. */
    void enqueue(List<LaneEntry> entries) {
        onLoop(() -> entries.forEach(
                entry -> lanes.computeIfAbsent(entry.report().sender(), sender -> new LaneDelivery(this, with, sender))
                        .add(entry)));
    }

    /** Forgets what belongs to partitions that have left. Any thread; completes when it is done. */
    CompletableFuture<Void> dropLeaving() {
        return CompletableFuture.runAsync(
                () -> List.copyOf(lanes.values()).forEach(LaneDelivery::dropLeaving), this::onLoop);
    }

    /** Whether a request is in flight with a record whose partition is leaving. Any thread; completes when it is known. */
    CompletableFuture<Boolean> isSendingForLeaving() {
        return CompletableFuture.supplyAsync(
                () -> lanes.values().stream().anyMatch(LaneDelivery::isSendingForLeaving), this::onLoop);
    }

    /** Makes the lane with the partition's oldest record skip the rest of its backoff. Callable from any thread. */
    void retryNow(SourcePartition partition) {
        holder(partition, LaneDelivery::retryNow);
    }

    /** The partition is stuck because of that lane: sets its device aside if it fails while others succeed. Any thread. */
    void unblock(SourcePartition partition) {
        holder(partition, LaneDelivery::unblock);
    }

    private void holder(SourcePartition partition, Consumer<LaneDelivery> action) {
        onLoop(() -> {
            LaneDelivery lane = holders.get(partition);
            if (lane != null) {
                action.accept(lane);
            }
        });
    }

    /** When the loop last turned. Callable from any thread. */
    Instant turned() {
        return turned;
    }

    /** Where the oldest record of each partition is in the lanes, at most a second old. Callable from any thread. */
    Map<SourcePartition, Whereabouts> oldest() {
        return oldest;
    }

    /** How many devices are set aside. Callable from any thread. */
    int quarantinedCount() {
        return with.quarantine().size();
    }

    Stream<Quarantine.Refusal> quarantined() {
        return with.quarantine().all();
    }

    private void tick() {
        turned = with.time().instant();
        with.quarantine().forgetUnknown(with.directory());
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

    private boolean awaitsToken(DeviceId sender) {
        LaneDelivery lane = lanes.get(sender);
        return lane != null && lane.awaitsToken();
    }

    private void onLoop(Runnable task) {
        scheduler().schedule(task);
    }

    void retire(LaneDelivery lane) {
        lanes.remove(lane.sender(), lane);
        with.limits().forget(RequestKind.REPORT, lane);
    }

    private Scheduler scheduler() {
        return with.client().loop();
    }
}

package io.iotdarelay.delivery;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.limits.Obstacle;
import io.iotdarelay.limits.RequestLimits;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Delivers reports: each lane always on the same event loop. May be called by any thread. */
public final class Delivery {

    private final List<DeliveryLoop> loops;
    private final RequestLimits.Shared limits;
    private final RecentByDevice<LastRequest> recent;
    private final InstantSource time;

    Delivery(
            List<DeliveryLoop> loops,
            RequestLimits.Shared limits,
            RecentByDevice<LastRequest> recent,
            InstantSource time) {
        this.recent = recent;
        this.loops = List.copyOf(loops);
        this.limits = limits;
        this.time = time;
    }

    /** Accepts reports, in this order. Each record gets an outcome, unless its partition leaves first. */
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

    /** Drops what belongs to revoked partitions. When this completes, nothing more is sent for them. */
    public CompletableFuture<Void> dropLeaving() {
        return CompletableFuture.allOf(
                loops.stream().map(DeliveryLoop::dropLeaving).toArray(CompletableFuture[]::new));
    }

    /** Whether a request is in flight with a record whose partition is leaving; completes when it is known. */
    public CompletableFuture<Boolean> isSendingForLeaving() {
        return loops.stream()
                .map(DeliveryLoop::isSendingForLeaving)
                .reduce((one, other) -> one.thenCombine(other, Boolean::logicalOr))
                .orElseGet(() -> CompletableFuture.completedFuture(false));
    }

    /** Why nothing can be delivered at the moment, if so. */
    public Optional<Obstacle> obstacle() {
        return limits.breakers().obstacle();
    }

    /** Whether there is an obstacle and no request is in flight either. */
    public boolean isStuck() {
        return limits.inFlight().get() == 0 && obstacle().isPresent();
    }

    /** The longest time since the last turn of any event loop. */
    public Duration silence() {
        Instant now = time.instant();
        return loops.stream()
                .map(loop -> Duration.between(loop.turned(), now))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** Where the oldest record of each partition is, about a second old. */
    public Map<SourcePartition, Whereabouts> oldest() {
        Map<SourcePartition, Whereabouts> oldest = new HashMap<>();
        for (DeliveryLoop loop : loops) {
            loop.oldest().forEach((partition, found) -> oldest.merge(partition, found, Whereabouts::older));
        }
        return oldest;
    }

    /** Makes the lane with the partition's oldest record skip the rest of its backoff. */
    public void retryNow(SourcePartition partition) {
        loops.forEach(loop -> loop.retryNow(partition));
    }

    /** The partition is stuck because one device fails: sets it aside if it fails while others succeed. */
    public void unblock(SourcePartition partition) {
        loops.forEach(loop -> loop.unblock(partition));
    }

    /** How many tokens are cached. */
    public long tokens() {
        return loops.stream().mapToLong(DeliveryLoop::tokens).sum();
    }

    /** How many devices are set aside. */
    public int quarantinedCount() {
        return loops.stream().mapToInt(DeliveryLoop::quarantinedCount).sum();
    }

    /** Devices that are set aside, limited to this number. */
    public List<QuarantinedDevice> quarantined(int most) {
        return loops.stream()
                .flatMap(DeliveryLoop::quarantined)
                .limit(most)
                .map(QuarantinedDevice::of)
                .toList();
    }

    /** The same in the order of their IDs, after this one. */
    public List<QuarantinedDevice> quarantined(String after, int most) {
        Map<DeviceId, QuarantinedDevice> found = new HashMap<>();
        loops.stream()
                .flatMap(DeliveryLoop::quarantined)
                .map(QuarantinedDevice::of)
                .forEach(device -> found.put(device.device(), device));
        return First.of(found.keySet().stream(), after, most).stream()
                .map(found::get)
                .toList();
    }

    /** How a device is set aside, if it is, and its next record would not be a probe. */
    public Optional<QuarantinedDevice> quarantined(DeviceId sender) {
        Instant now = time.instant();
        return loops.get(loopOf(sender)).quarantined(sender).filter(aside -> now.isBefore(aside.nextProbe()));
    }

    /** Devices with reports that wait, in the order of their IDs, after this one. */
    public CompletableFuture<List<DeviceId>> waiting(String after, int most) {
        return loops.stream()
                .map(loop -> loop.waiting(after, most))
                .reduce((one, other) -> one.thenCombine(
                        other, (some, more) -> First.of(Stream.concat(some.stream(), more.stream()), after, most)))
                .orElseGet(() -> CompletableFuture.completedFuture(List.of()));
    }

    /** How the last request of a device that sends ended, as far as that is remembered. */
    public Optional<LastRequest> lastRequest(DeviceId sender) {
        return recent.get(sender);
    }

    /** What is done for a device that sends. */
    public CompletableFuture<DeviceActivity> look(DeviceId sender) {
        return loops.get(loopOf(sender)).look(sender);
    }

    /** Ends a device's quarantine. Completes with whether it was set aside. */
    public CompletableFuture<Boolean> lift(DeviceId sender) {
        return loops.get(loopOf(sender)).lift(sender);
    }

    /** Has a device authenticate now. */
    public CompletableFuture<Probe> probe(DeviceId sender) {
        return loops.get(loopOf(sender)).probe(sender);
    }

    /** Drops a device's token. Completes with whether there was one. */
    public CompletableFuture<Boolean> dropToken(DeviceId sender) {
        return loops.get(loopOf(sender)).dropToken(sender);
    }

    public DeliveryStatus status() {
        return new DeliveryStatus(
                limits.breakers().trouble(),
                limits.breakers().status(),
                quarantinedCount(),
                limits.inFlight().get(),
                limits.inFlightLimit().get(),
                limits.reportRate().rate());
    }

    private int loopOf(DeviceId sender) {
        int hash = sender.hashCode();
        return Math.floorMod(hash ^ (hash >>> 16), loops.size());
    }
}

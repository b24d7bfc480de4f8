package io.iotdarelay.delivery;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import reactor.core.Disposable;
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

    /** What is done for a device. Any thread; completes when it is known. */
    CompletableFuture<DeviceActivity> look(DeviceId sender) {
        return CompletableFuture.supplyAsync(() -> activityOf(sender), this::onLoop);
    }

    private DeviceActivity activityOf(DeviceId sender) {
        Optional<LaneDelivery> lane = Optional.ofNullable(lanes.get(sender));
        return new DeviceActivity(
                lane.map(LaneDelivery::waiting).orElse(0),
                lane.map(LaneDelivery::inFlight).orElse(0),
                lane.flatMap(busy -> busy.first().map(busy::whereabouts)),
                lane.flatMap(LaneDelivery::nextAttempt),
                with.tokens().age(sender),
                with.quarantine().find(sender).map(QuarantinedDevice::of),
                with.recent().get(sender));
    }

    /** Senders with reports that wait, limited to this number, in the order of their names, after this one. Any thread. */
    CompletableFuture<List<DeviceId>> waiting(String after, int most) {
        return CompletableFuture.supplyAsync(
                () -> First.of(
                        lanes.values().stream()
                                .filter(lane -> lane.waiting() > 0)
                                .map(LaneDelivery::sender),
                        after,
                        most),
                this::onLoop);
    }

    /** Ends a device's quarantine. Any thread; completes with whether it was set aside. */
    CompletableFuture<Boolean> lift(DeviceId sender) {
        return CompletableFuture.supplyAsync(
                () -> {
                    boolean lifted = with.quarantine().lift(sender);
                    Optional.ofNullable(lanes.get(sender)).ifPresent(LaneDelivery::tryNow);
                    return lifted;
                },
                this::onLoop);
    }

    /** Drops a device's token. Any thread; completes with whether there was one. */
    CompletableFuture<Boolean> dropToken(DeviceId sender) {
        return CompletableFuture.supplyAsync(() -> with.tokens().drop(sender), this::onLoop);
    }

    /**
     * Has a device authenticate now, whatever it waits for. Only if this instance has its records: it would end the token of the
     * instance that has. Any thread.
     */
    CompletableFuture<Probe> probe(DeviceId sender) {
        CompletableFuture<Probe> done = new CompletableFuture<>();
        onLoop(() -> {
            Optional<Assignment> owner = ownerOf(sender);
            Optional<DeviceCredentials> credentials = with.directory().credentials(sender);
            if (owner.isEmpty() || credentials.isEmpty()) {
                done.complete(Probe.NOT_HERE);
                return;
            }
            Disposable unused = with.tokens()
                    .fetch(credentials.get(), owner.get())
                    .subscribe(result -> done.complete(probed(credentials.get(), result)), done::completeExceptionally);
        });
        return done;
    }

    private Optional<Assignment> ownerOf(DeviceId sender) {
        return Optional.ofNullable(lanes.get(sender))
                .flatMap(LaneDelivery::first)
                .map(first -> first.record().assignment())
                .or(() -> with.quarantine().find(sender).map(Quarantine.Refusal::owner))
                .filter(Assignment::isCurrent);
    }

    private Probe probed(DeviceCredentials credentials, Authentication result) {
        DeviceId sender = credentials.device();
        return switch (result) {
            case Authentication.Granted ignored -> {
                with.ended(RequestKind.AUTHENTICATION, sender, new Verdict.Accepted());
                with.directory().accepted(credentials);
                with.quarantine().authenticated(sender);
                Optional.ofNullable(lanes.get(sender)).ifPresent(LaneDelivery::tryNow);
                yield Probe.AUTHENTICATED;
            }
            case Authentication.Denied denied -> {
                with.ended(RequestKind.AUTHENTICATION, sender, denied.verdict());
                yield Probe.REFUSED;
            }
            case Authentication.Postponed ignored -> Probe.POSTPONED;
        };
    }

    /** When the loop last turned. Callable from any thread. */
    Instant turned() {
        return turned;
    }

    /** Where the oldest record of each partition is in the lanes, at most a second old. Callable from any thread. */
    Map<SourcePartition, Whereabouts> oldest() {
        return oldest;
    }

    /** How many tokens are cached. Callable from any thread. */
    long tokens() {
        return with.tokens().size();
    }

    /** How many devices are set aside. Callable from any thread. */
    int quarantinedCount() {
        return with.quarantine().size();
    }

    /** How a device is set aside. Callable from any thread. */
    Optional<QuarantinedDevice> quarantined(DeviceId sender) {
        return with.quarantine().find(sender).map(QuarantinedDevice::of);
    }

    Stream<Quarantine.Refusal> quarantined() {
        return with.quarantine().all();
    }

    private void tick() {
        turned = with.time().instant();
        with.quarantine().forgetUnknown(with.directory());
        findOldest();
    }

    /**
     * Finds the first record of each partition in each lane. It need not be the lane's first one: another partition's may stand before it, or a
     * dead letter that is sent again, which holds back no offset itself.
     */
    private void findOldest() {
        Map<SourcePartition, Whereabouts> found = new HashMap<>();
        Map<SourcePartition, LaneDelivery> by = new HashMap<>();
        for (LaneDelivery lane : lanes.values()) {
            RecordPosition last = null;
            for (Iterator<LaneEntry> each = lane.entries().iterator(); each.hasNext(); ) {
                LaneEntry entry = each.next();
                RecordPosition position = entry.record().record().position();
                if (entry.record().isRedriven() || (last != null && areOfOnePartition(last, position))) {
                    continue;
                }
                last = position;
                SourcePartition partition = position.sourcePartition();
                Whereabouts other = found.get(partition);
                if (other == null || position.offset() < other.position().offset()) {
                    found.put(partition, lane.whereabouts(entry));
                    by.put(partition, lane);
                }
            }
        }
        oldest = Map.copyOf(found);
        holders = by;
    }

    private static boolean areOfOnePartition(RecordPosition one, RecordPosition other) {
        return one.partition() == other.partition() && one.topic().equals(other.topic());
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

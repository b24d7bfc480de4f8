package io.iotdarelay.settle;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether a route may continue, by how many of its last records became dead letters, and from how many different
 * devices. A route that mostly fails is stopped, so that a mistake does not turn a whole topic into dead letters; it then
 * probes periodically with a few records, and an operator may resume it. One failing device or producer stops at most its
 * own partition. Belongs to the poll thread; any thread may read the status.
 */
public final class DeadLetterBudget {

    private static final int MOST_WAITING = 20_000;

    private final double maxShare;
    private final int ofLast;
    private final Duration probeEvery;
    private final InstantSource time;
    private final OutcomeOrder order;
    private final Map<String, RouteBudget> routes = new HashMap<>();
    private volatile Map<String, RouteStatus> status = Map.of();

    /**
     * A budget for each route.
     *
     * @param maxShare which part of the last records may be dead letters; 1 never stops a route
     * @param ofLast how many of the last records count
     * @param probeEvery the interval after which a stopped route probes with a few records
     */
    public DeadLetterBudget(double maxShare, int ofLast, Duration probeEvery, InstantSource time) {
        this.maxShare = maxShare;
        this.ofLast = ofLast;
        this.probeEvery = probeEvery;
        this.time = time;
        this.order = new OutcomeOrder(Math.min(2 * ofLast, MOST_WAITING));
    }

    /**
     * Whether a record may begin; those of a partition ask in the order of their offsets. One that may not asks again
     * later, before those after it. Dead letters that are sent again are no sample of what comes, and do not count.
     */
    public boolean begin(RecordInFlight record) {
        if (maxShare >= 1 || record.isRedriven()) {
            return true;
        }
        boolean may = route(record.route()).mayBegin(record, time.instant());
        if (may) {
            order.begin(record);
        }
        return may;
    }

    /** A record that began was delivered by the device. */
    public void delivered(RecordInFlight record, DeviceId sender) {
        end(record, Optional.of(sender), Optional.empty());
    }

    /**
     * A record that began becomes a dead letter.
     *
     * @param sender the device that sends for it, if the directory knows it
     */
    public void rejected(RecordInFlight record, Optional<DeviceId> sender, RejectionReason reason) {
        end(record, sender, Optional.of(reason));
    }

    /** A record that began has nothing to report, and is not counted. */
    public void skipped(RecordInFlight record) {
        if (maxShare < 1 && !record.isRedriven()) {
            RouteBudget route = route(record.route());
            Instant now = time.instant();
            route.skipped(record);
            order.skip(record, outcome -> route.count(outcome, now));
            publish(record.route(), route);
        }
    }

    /** Partitions were revoked: their records get no outcome any more. */
    public void forgetAbandoned() {
        order.forgetAbandoned();
        routes.values().forEach(RouteBudget::forgetAbandoned);
    }

    /** Why a partition of the route is stopped, if it is. */
    public Optional<String> reasonToStop(String name, SourcePartition partition) {
        RouteBudget route = routes.get(name);
        return route == null ? Optional.empty() : route.reasonToStop(partition, time.instant());
    }

    /** An operator resumes a route. Returns whether it, or a part of it, had been stopped. */
    public boolean resume(String name) {
        RouteBudget route = routes.get(name);
        if (route == null || !route.resume()) {
            return false;
        }
        publish(name, route);
        return true;
    }

    /** The routes with something to report. Callable from any thread. */
    public Map<String, RouteStatus> status() {
        return status;
    }

    private void end(RecordInFlight record, Optional<DeviceId> sender, Optional<RejectionReason> reason) {
        if (maxShare >= 1 || record.isRedriven()) {
            return;
        }
        SourcePartition partition = record.record().position().sourcePartition();
        Origin origin = sender.<Origin>map(Origin.Device::new).orElseGet(() -> new Origin.Unknown(partition));
        Ended ended = new Ended(origin, partition, reason);
        RouteBudget route = route(record.route());
        Instant now = time.instant();
        route.ended(record, ended, now);
        order.end(record, ended, outcome -> route.count(outcome, now));
        publish(record.route(), route);
    }

    private RouteBudget route(String name) {
        return routes.computeIfAbsent(name, any -> new RouteBudget(name, maxShare, ofLast, probeEvery));
    }

    private void publish(String name, RouteBudget route) {
        Optional<RouteStatus> now = route.status();
        if (!now.equals(Optional.ofNullable(status.get(name)))) {
            Map<String, RouteStatus> changed = new HashMap<>(status);
            changed.remove(name);
            now.ifPresent(what -> changed.put(name, what));
            status = Map.copyOf(changed);
        }
    }
}

package io.iotdarelay.pipeline;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourcePartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Keeps the order of a child device that changes its gateway. The lanes of two gateways are independent, so a report for the
 * new gateway waits until nothing of the child is in flight through the previous one. Belongs to the poll thread; it holds
 * only children with records in flight.
 */
final class Roaming {

    private static final class Child {
        private final Set<LaneEntry> inFlight = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Deque<LaneEntry> waiting = new ArrayDeque<>();
        private DeviceId gateway;

        Child(DeviceId gateway) {
            this.gateway = gateway;
        }

        boolean takes(Report report) {
            return waiting.isEmpty() && (inFlight.isEmpty() || gateway.equals(report.sender()));
        }

        void add(LaneEntry entry) {
            gateway = entry.report().sender();
            inFlight.add(entry);
        }
    }

    private final Map<DeviceId, Child> children = new HashMap<>();

    /** Whether the report may go into its lane now; if not, it waits here. */
    boolean enters(LaneEntry entry) {
        if (!(entry.report() instanceof Report.ChildProperties)) {
            return true;
        }
        Child child = children.computeIfAbsent(
                entry.report().device(), any -> new Child(entry.report().sender()));
        boolean enters = child.takes(entry.report());
        if (enters) {
            child.add(entry);
        } else {
            child.waiting.add(entry);
        }
        return enters;
    }

    /** The report has an outcome. Returns what may go into its lane now, in order. */
    List<LaneEntry> left(LaneEntry entry) {
        Child child = entry.report() instanceof Report.ChildProperties
                ? children.get(entry.report().device())
                : null;
        if (child == null) {
            return List.of();
        }
        child.inFlight.remove(entry);
        return goOn(entry.report().device(), child);
    }

    /** Forgets what belongs to partitions that have left. Returns what may go into its lane now. */
    List<LaneEntry> forgetAbandoned() {
        List<LaneEntry> free = new ArrayList<>();
        for (Map.Entry<DeviceId, Child> entry : List.copyOf(children.entrySet())) {
            Child child = entry.getValue();
            child.inFlight.removeIf(inFlight -> inFlight.record().isAbandoned());
            child.waiting.removeIf(waiting -> waiting.record().isAbandoned());
            free.addAll(goOn(entry.getKey(), child));
        }
        return free;
    }

    /** The first waiting report of each child and partition. */
    Stream<LaneEntry> firsts() {
        return children.values().stream().flatMap(child -> {
            Set<SourcePartition> seen = new HashSet<>();
            return child.waiting.stream()
                    .filter(entry -> seen.add(entry.record().record().position().sourcePartition()));
        });
    }

    private List<LaneEntry> goOn(DeviceId device, Child child) {
        List<LaneEntry> free = new ArrayList<>();
        while (!child.waiting.isEmpty()
                && (child.inFlight.isEmpty()
                        || child.gateway.equals(
                                child.waiting.getFirst().report().sender()))) {
            LaneEntry next = child.waiting.remove();
            child.add(next);
            free.add(next);
        }
        if (child.inFlight.isEmpty()) {
            children.remove(device);
        }
        return free;
    }
}

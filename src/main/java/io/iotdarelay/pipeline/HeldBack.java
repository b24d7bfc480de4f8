package io.iotdarelay.pipeline;

import io.iotdarelay.mapping.Route;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.SourcePartition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Records that a poll returned although their route is stopped, or no room is left for reports, in the order of their partitions. Their partitions are
 * paused, so there are never more than one poll returns. Belongs to the poll thread.
 */
final class HeldBack {

    /** A record, and the routes of its topic. */
    record Arrival(RecordInFlight record, List<Route> routes) {}

    private final Map<SourcePartition, Deque<Arrival>> partitions = new LinkedHashMap<>();

    /** Lets a record begin if it may and nothing of its partition is before it; otherwise holds it back. */
    void arrive(Arrival arrival, Predicate<RecordInFlight> mayBegin, Consumer<Arrival> begin) {
        if (partitions.containsKey(partition(arrival)) || !mayBegin.test(arrival.record())) {
            partitions
                    .computeIfAbsent(partition(arrival), any -> new ArrayDeque<>())
                    .add(arrival);
        } else {
            begin.accept(arrival);
        }
    }

    /** Begins the records that may, one of each partition in turn, so that a probe of few records covers all partitions. */
    void release(Predicate<RecordInFlight> mayBegin, Consumer<Arrival> begin) {
        boolean more = true;
        while (more) {
            more = false;
            for (Deque<Arrival> queue : List.copyOf(partitions.values())) {
                Arrival first = queue.getFirst();
                if (mayBegin.test(first.record())) {
                    queue.remove();
                    begin.accept(first);
                    more |= !queue.isEmpty();
                }
            }
            partitions.values().removeIf(Deque::isEmpty);
        }
    }

    void forgetAbandoned() {
        partitions
                .values()
                .forEach(queue -> queue.removeIf(arrival -> arrival.record().isAbandoned()));
        partitions.values().removeIf(Deque::isEmpty);
    }

    boolean contains(SourcePartition partition) {
        return partitions.containsKey(partition);
    }

    int size() {
        return partitions.values().stream().mapToInt(Deque::size).sum();
    }

    /** The first of each partition. */
    Stream<RecordInFlight> firsts() {
        return partitions.values().stream().map(queue -> queue.getFirst().record());
    }

    private static SourcePartition partition(Arrival arrival) {
        return arrival.record().record().position().sourcePartition();
    }
}

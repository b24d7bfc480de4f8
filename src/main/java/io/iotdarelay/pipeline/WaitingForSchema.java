package io.iotdarelay.pipeline;

import io.iotdarelay.source.PauseReason;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Records that cannot be decoded yet because their schema is being fetched, with all later records of their partitions, in order.
 * Belongs to the poll thread.
 */
final class WaitingForSchema {

    /** Fetching a schema takes milliseconds; pausing a partition for that would cost more. */
    private static final Duration OVERDUE_AFTER = Duration.ofSeconds(1);

    /** Mapping takes a while, and the poll thread has other things to do. */
    private static final int MOST_AT_ONCE = 500;

    private static final class Queue {
        private final Deque<HeldBack.Arrival> waiting = new ArrayDeque<>();
        private Instant since;
        private String reason;

        Queue(Instant since, String reason) {
            this.since = since;
            this.reason = reason;
        }
    }

    private final Map<SourcePartition, Queue> partitions = new LinkedHashMap<>();

    /**
     * Attempts a record, unless others of its partition wait already.
     *
     * @param attempt returns what the record waits for, if it has to
     */
    void arrive(HeldBack.Arrival arrival, Function<HeldBack.Arrival, Optional<String>> attempt, InstantSource time) {
        SourcePartition partition = arrival.record().record().position().sourcePartition();
        Queue queue = partitions.get(partition);
        if (queue != null) {
            queue.waiting.add(arrival);
        } else {
            attempt.apply(arrival)
                    .ifPresent(reason -> partitions
                            .computeIfAbsent(partition, any -> new Queue(time.instant(), reason))
                            .waiting
                            .add(arrival));
        }
    }

    /**
     * Attempts the first record of each partition again, and those behind it until one has to wait. What a turn leaves behind continues
     * in the next one, which begins with the other partitions.
     *
     * @param mayBegin whether there is room for what records become
     */
    void retry(Predicate<RecordInFlight> mayBegin, Function<HeldBack.Arrival, Optional<String>> attempt, Instant now) {
        int left = MOST_AT_ONCE;
        for (SourcePartition partition : List.copyOf(partitions.keySet())) {
            if (left == 0) {
                break;
            }
            Queue queue = Objects.requireNonNull(partitions.get(partition));
            boolean waits = false;
            while (left > 0 && !waits && !queue.waiting.isEmpty()) {
                HeldBack.Arrival first = queue.waiting.getFirst();
                if (!mayBegin.test(first.record())) {
                    queue.since = now;
                    break;
                }
                Optional<String> reason = attempt.apply(first);
                waits = reason.isPresent();
                queue.reason = reason.orElse("");
                if (!waits) {
                    left--;
                    queue.waiting.removeFirst();
                    queue.since = now;
                }
            }
            partitions.remove(partition);
            if (!queue.waiting.isEmpty()) {
                partitions.put(partition, queue);
            }
        }
    }

    void forgetAbandoned() {
        partitions
                .values()
                .forEach(queue ->
                        queue.waiting.removeIf(arrival -> arrival.record().isAbandoned()));
        partitions.values().removeIf(queue -> queue.waiting.isEmpty());
    }

    /** What the records of a partition have waited for, if that has taken long. */
    Optional<String> overdue(SourcePartition partition, Instant now) {
        return Optional.ofNullable(partitions.get(partition))
                .filter(queue -> !now.isBefore(queue.since.plus(OVERDUE_AFTER)))
                .map(queue -> queue.reason);
    }

    boolean contains(SourcePartition partition) {
        return partitions.containsKey(partition);
    }

    int size() {
        return partitions.values().stream()
                .mapToInt(queue -> queue.waiting.size())
                .sum();
    }

    /** Where the first record of each partition is. */
    Stream<Whereabouts> firsts() {
        return partitions.values().stream()
                .map(queue -> new Whereabouts(
                        queue.waiting.getFirst().record().record().position(),
                        null,
                        PauseReason.REGISTRY.code(),
                        queue.reason));
    }
}

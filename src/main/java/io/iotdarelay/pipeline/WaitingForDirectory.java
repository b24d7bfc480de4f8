package io.iotdarelay.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Records whose device is not in the directory yet. They wait in order, for one grace period that starts with the first of
 * them; later records of the same device do not wait any more. Belongs to the poll thread.
 *
 * @param <K> what is waited for
 * @param <T> what waits
 */
final class WaitingForDirectory<K, T> {

    /** This many devices are remembered as unknown; a flood of IDs that never existed must not fill the heap. */
    private static final int MAX_REMEMBERED = 10_000;

    /** A device that was unknown and had no record for this long may have been provisioned: it gets a new grace period. */
    private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

    private static final class Queue<T> {
        private final Instant since;
        private final Deque<T> waiting = new ArrayDeque<>();

        Queue(Instant since) {
            this.since = since;
        }
    }

    private final Duration grace;
    private final Map<K, Queue<T>> queues = new LinkedHashMap<>();
    private final Map<K, Instant> unknown = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Instant> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    WaitingForDirectory(Duration grace) {
        this.grace = grace;
    }

    boolean isEmpty() {
        return queues.isEmpty();
    }

    /** Whether a record of the device waits: later ones have to queue behind it. */
    boolean isAwaited(K device) {
        return queues.containsKey(device);
    }

    /** Enqueues it. False if the device has been unknown for too long already. */
    boolean await(K device, T what, Instant now) {
        Queue<T> queue = queues.get(device);
        if (queue == null) {
            Instant since = unknown.get(device);
            if (grace.isZero() || (since != null && now.isBefore(since.plus(REMEMBERED_FOR)))) {
                return false;
            }
            queue = new Queue<>(now);
            queues.put(device, queue);
        }
        queue.waiting.add(what);
        return true;
    }

    /** The first waiting record of each device. */
    Stream<T> firsts() {
        return queues.values().stream().map(queue -> queue.waiting.getFirst());
    }

    /** Removes the records that need not wait any more, up to the first one that must. */
    List<T> takeResolved(Predicate<T> isResolved) {
        List<T> resolved = new ArrayList<>();
        for (Queue<T> queue : queues.values()) {
            while (!queue.waiting.isEmpty() && isResolved.test(queue.waiting.getFirst())) {
                resolved.add(queue.waiting.removeFirst());
            }
        }
        removeEmpty();
        return resolved;
    }

    /** Removes the records that have waited for too long. */
    List<T> takeExpired(Instant now) {
        List<T> expired = new ArrayList<>();
        queues.forEach((device, queue) -> {
            if (!now.isBefore(queue.since.plus(grace))) {
                expired.addAll(queue.waiting);
                queue.waiting.clear();
                unknown.put(device, now);
            }
        });
        removeEmpty();
        return expired;
    }

    /** Removes some of the waiting records. */
    void removeIf(Predicate<T> condition) {
        queues.values().forEach(queue -> queue.waiting.removeIf(condition));
        removeEmpty();
    }

    private void removeEmpty() {
        queues.values().removeIf(queue -> queue.waiting.isEmpty());
    }
}

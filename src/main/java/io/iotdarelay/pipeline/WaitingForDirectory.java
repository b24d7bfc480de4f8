package io.iotdarelay.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Records whose device is not in the directory yet. They wait in order, for one grace period that starts with the first of
 * them, and for longer while the device may still be found; later records of the same device do not wait any more. Belongs to the poll thread.
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
        private final Instant graceEnds;
        private final Deque<T> waiting = new ArrayDeque<>();

        Queue(Instant since, Duration grace) {
            this.since = since;
            this.graceEnds = since.plus(grace);
        }

        boolean isOverdue(Instant now) {
            return !now.isBefore(graceEnds);
        }
    }

    private final Duration grace;
    private final Duration longest;
    private final Map<K, Queue<T>> queues = new LinkedHashMap<>();
    private final Map<K, Instant> unknown = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Instant> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    private int size;

    /**
     * Nothing waits.
     *
     * @param longest how long something waits at most while it may still be found
     */
    WaitingForDirectory(Duration grace, Duration longest) {
        this.grace = grace;
        this.longest = longest;
    }

    boolean isEmpty() {
        return queues.isEmpty();
    }

    /** How many records wait. */
    int size() {
        return size;
    }

    /** Those of them that have waited for longer than their grace. */
    Stream<T> overdue(Instant now) {
        return queues.values().stream().filter(queue -> queue.isOverdue(now)).flatMap(queue -> queue.waiting.stream());
    }

    /** Whether a record of the device waits: later ones have to queue behind it. */
    boolean isAwaited(K device) {
        return queues.containsKey(device);
    }

    /** Enqueues it. False if the device has been unknown for too long already, and will not be found. */
    boolean await(K device, T what, boolean mayBeFound, Instant now) {
        Queue<T> queue = queues.get(device);
        if (queue == null) {
            Instant since = unknown.get(device);
            boolean hasGrace = !grace.isZero() && (since == null || !now.isBefore(since.plus(REMEMBERED_FOR)));
            if (!hasGrace && (!mayBeFound || longest.isZero())) {
                return false;
            }
            queue = new Queue<>(now, hasGrace ? grace : Duration.ZERO);
            queues.put(device, queue);
        }
        queue.waiting.add(what);
        size++;
        return true;
    }

    /** Of each device, the first waiting record of each kind. */
    Stream<T> firsts(Function<T, ?> kind) {
        return queues.values().stream().flatMap(queue -> {
            Set<Object> seen = new HashSet<>();
            return queue.waiting.stream().filter(waiting -> seen.add(kind.apply(waiting)));
        });
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

    /**
     * Removes the records that have waited for too long.
     *
     * @param mayBeFound whether what the first record of a device waits for may still be found
     */
    List<T> takeExpired(Predicate<T> mayBeFound, Instant now) {
        return take(
                queue -> queue.isOverdue(now)
                        && (!now.isBefore(queue.since.plus(longest)) || !mayBeFound.test(queue.waiting.getFirst())),
                Integer.MAX_VALUE,
                now);
    }

    /**
     * Removes records that have waited for longer than their grace, although what they wait for may still be found: those that have waited
     * longest first, until so many are left.
     */
    List<T> takeOverdue(Predicate<T> isFirst, int left, Instant now) {
        return take(
                queue -> queue.isOverdue(now) && isFirst.test(queue.waiting.getFirst()), Math.max(0, size - left), now);
    }

    /** Removes all records of devices that have waited for longer than their grace, if one of them is such a one. */
    List<T> takeOverdueWith(Predicate<T> any, Instant now) {
        return take(queue -> queue.isOverdue(now) && queue.waiting.stream().anyMatch(any), Integer.MAX_VALUE, now);
    }

    private List<T> take(Predicate<Queue<T>> condition, int most, Instant now) {
        List<T> taken = new ArrayList<>();
        for (Map.Entry<K, Queue<T>> each : queues.entrySet()) {
            if (taken.size() >= most) {
                break;
            }
            if (condition.test(each.getValue())) {
                taken.addAll(each.getValue().waiting);
                each.getValue().waiting.clear();
                unknown.put(each.getKey(), now);
            }
        }
        removeEmpty();
        return taken;
    }

    /** Removes some of the waiting records. */
    void removeIf(Predicate<T> condition) {
        queues.values().forEach(queue -> queue.waiting.removeIf(condition));
        removeEmpty();
    }

    private void removeEmpty() {
        queues.values().removeIf(queue -> queue.waiting.isEmpty());
        size = queues.values().stream().mapToInt(queue -> queue.waiting.size()).sum();
    }
}

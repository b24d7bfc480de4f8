package io.iotdarelay.limits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the rate limiter on one event loop, and who goes next: the one whose request fills best what it costs, the first of
 * those that fill it equally, to an eighth. Whoever has waited for the longest time that anybody should goes before all of them.
 */
final class QuotaLine {

    private static final int LEVELS = 8;

    private final long maxAge;
    private final LongSupplier nanoTime;

    /** Since when each of them waits, in that order. */
    private final Map<Waiter, Long> since = new LinkedHashMap<>();

    private final Map<Waiter, Integer> levels = new LinkedHashMap<>();
    private final List<Set<Waiter>> byLevel = new ArrayList<>();

    QuotaLine(Duration maxAge, LongSupplier nanoTime) {
        this.maxAge = maxAge.toNanos();
        this.nanoTime = nanoTime;
        for (int i = 0; i <= LEVELS; i++) {
            byLevel.add(new LinkedHashSet<>());
        }
    }

    boolean isEmpty() {
        return since.isEmpty();
    }

    /** Joins. Returns whether the waiter was not there yet. */
    boolean add(Waiter waiter) {
        if (since.putIfAbsent(waiter, nanoTime.getAsLong()) != null) {
            return false;
        }
        enter(waiter);
        return true;
    }

    /** Returns whether the waiter was there. */
    boolean remove(Waiter waiter) {
        if (since.remove(waiter) == null) {
            return false;
        }
        leave(waiter);
        return true;
    }

    /** A waiter may have more to send now. */
    void grown(Waiter waiter) {
        Integer level = levels.get(waiter);
        if (level != null && level != levelOf(waiter)) {
            leave(waiter);
            enter(waiter);
        }
    }

    /** Takes out the next one. There may be none. */
    @Nullable
    Waiter poll() {
        Waiter next = next();
        if (next != null) {
            remove(next);
        }
        return next;
    }

    private @Nullable Waiter next() {
        Iterator<Map.Entry<Waiter, Long>> inOrder = since.entrySet().iterator();
        if (!inOrder.hasNext()) {
            return null;
        }
        Map.Entry<Waiter, Long> oldest = inOrder.next();
        if (nanoTime.getAsLong() - oldest.getValue() >= maxAge) {
            return oldest.getKey();
        }
        for (Set<Waiter> level : byLevel.reversed()) {
            if (!level.isEmpty()) {
                return level.iterator().next();
            }
        }
        return oldest.getKey();
    }

    private void enter(Waiter waiter) {
        int level = levelOf(waiter);
        levels.put(waiter, level);
        byLevel.get(level).add(waiter);
    }

    private void leave(Waiter waiter) {
        Integer level = levels.remove(waiter);
        if (level != null) {
            byLevel.get(level).remove(waiter);
        }
    }

    private static int levelOf(Waiter waiter) {
        return (int) Math.clamp(waiter.fill() * LEVELS, 0, LEVELS);
    }
}

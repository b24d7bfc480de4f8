package io.iotdarelay.readback;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last reports of a device that is watched. The poll thread alone adds; another thread reads. Bounded in number and size: that some are
 * gone shows by their numbers.
 */
final class Capture {

    static final int MOST = 32;

    /** In bytes; a single report may be as large. */
    static final int MOST_BYTES = 64 * 1024;

    private enum State {
        EMPTY,
        HOLDING,
        CLOSED
    }

    private final AtomicReferenceArray<Delivered> ring = new AtomicReferenceArray<>(MOST);
    private final AtomicReference<State> state = new AtomicReference<>(State.EMPTY);

    /** How many captures hold anything, of how many may. */
    private final AtomicInteger holding;

    private final int mostHolding;

    /** Of the poll thread, like the size. */
    private volatile long count;

    private int bytes;

    Capture(AtomicInteger holding, int mostHolding) {
        this.holding = holding;
        this.mostHolding = mostHolding;
    }

    /**
     * Begins with a report that was delivered before anything was kept. Not after the poll thread knows of this. Another report may have
     * been delivered in between: one is counted that is gone.
     */
    void begin(Delivered first) {
        add(first.route(), first.report(), first.assignment(), first.at());
        count = 2;
    }

    /** Poll thread only. */
    void add(String route, Report report, Assignment assignment, Instant at) {
        long number = count + 1;
        int size = report.json().length();
        if (size <= MOST_BYTES && mayHold()) {
            bytes += size;
            if (bytes > MOST_BYTES) {
                clear();
                bytes = size;
            }
            ring.set((int) (number % MOST), new Delivered(number, route, report, assignment, at));
        }
        count = number;
    }

    private boolean mayHold() {
        if (state.get() != State.EMPTY) {
            return state.get() == State.HOLDING;
        }
        if (holding.incrementAndGet() <= mostHolding && state.compareAndSet(State.EMPTY, State.HOLDING)) {
            return true;
        }
        holding.decrementAndGet();
        return false;
    }

    private void clear() {
        for (int i = 0; i < MOST; i++) {
            ring.set(i, null);
        }
    }

    /** Nothing more is kept; what is kept goes with it. */
    void close() {
        if (state.getAndSet(State.CLOSED) == State.HOLDING) {
            holding.decrementAndGet();
        }
    }

    /** How many were delivered, kept or not. */
    long count() {
        return count;
    }

    /** Those that are kept and came after one, the oldest first. */
    List<Delivered> after(long number) {
        List<Delivered> kept = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            Delivered each = ring.get(i);
            if (each != null && each.number() > number) {
                kept.add(each);
            }
        }
        kept.sort(Comparator.comparingLong(Delivered::number));
        return kept;
    }
}

package io.iotdarelay.limits;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * How many requests may be in flight; further ones wait in a queue. Belongs to one event loop. It is stricter than the
 * connection pool, so that requests never wait in the pool's own queue.
 *
 * <p>Failing devices get a small share of it, and are served after the others: a request without a response occupies its
 * slot for the whole response timeout. The share grows with each of them that recovers. A request that takes longer than two
 * seconds, and much longer than others, no longer counts, as long as there are connections: hundreds of devices that hang together must not stop the rest.
 *
 * <p>How many there are, a {@link SlotLimit} says. It starts slowly: a request needs a connection, and a hundred concurrent TLS
 * handshakes take a cold JVM so long that they time out together, which looks like an outage.
 */
final class ConcurrencyLimit {

    private final class Waiter implements Disposable {
        private final Consumer<Slot> task;
        private final boolean failing;
        private boolean done;

        Waiter(Consumer<Slot> task, boolean failing) {
            this.task = task;
            this.failing = failing;
        }

        @Override
        public void dispose() {
            if (!done) {
                done = true;
                (failing ? failingQueue : queue).remove(this);
            }
        }

        @Override
        public boolean isDisposed() {
            return done;
        }
    }

    /** The right to have one request in flight. Closed once. */
    final class Slot {
        private final boolean failing;
        private final long since = nanoTime.getAsLong();
        private boolean overdue;
        private boolean closed;

        private Slot(boolean failing) {
            this.failing = failing;
        }

        /** When the request began, in nanoseconds. */
        long since() {
            return since;
        }

        /** The request is over, or was never sent. */
        void close(RequestEnd end) {
            if (closed) {
                throw new IllegalStateException("a slot was closed twice");
            }
            closed = true;
            if (overdue) {
                overdueCount--;
            } else {
                prompt.remove(this);
            }
            if (failing) {
                failingTaken--;
                earnedByFailing = switch (end) {
                    case ACCEPTED, ANSWERED -> Math.min(slotsOfFailing() + 1, most);
                    case FAILED -> 0;
                    case UNKNOWN -> earnedByFailing;
                };
            }
            limit.ended(end, failing, since, nanoTime.getAsLong());
            serve();
        }
    }

    private final Deque<Waiter> queue = new ArrayDeque<>();
    private final Deque<Waiter> failingQueue = new ArrayDeque<>();
    private final Set<Slot> prompt = new LinkedHashSet<>();
    private final int most;
    private final int mostOverdue;
    private final LongSupplier nanoTime;
    private final SlotLimit limit;

    /** How many slots failing devices may take because some of them recovered. */
    private int earnedByFailing;

    private int failingTaken;
    private int overdueCount;
    private boolean serving;

    /**
     * A limit with no request in flight.
     *
     * @param most how many there may ever be
     * @param limit how many there may be now
     * @param mostOverdue how many slow requests may be in flight in addition
     */
    ConcurrencyLimit(int most, SlotLimit limit, int mostOverdue, LongSupplier nanoTime) {
        this.most = most;
        this.mostOverdue = mostOverdue;
        this.nanoTime = nanoTime;
        this.limit = limit;
    }

    /** How many requests may be in flight now. */
    int slots() {
        return limit.slots();
    }

    /**
     * Runs the task as soon as there is a slot for it, perhaps at once. The slot has to be closed. Disposing leaves the queue.
     *
     * @param failing whether the device's last request failed
     */
    Disposable acquire(boolean failing, Consumer<Slot> task) {
        Waiter waiter = new Waiter(task, failing);
        (failing ? failingQueue : queue).add(waiter);
        serve();
        return waiter;
    }

    /** Starts with few slots again: the connections are gone. */
    void startSlowly() {
        limit.startSlowly();
    }

    /** Stops counting slow requests. Called periodically. */
    void stopCountingOverdue() {
        long now = nanoTime.getAsLong();
        long overdueAfter = limit.overdueAfter();
        for (Iterator<Slot> oldest = prompt.iterator(); oldest.hasNext() && overdueCount < mostOverdue; ) {
            Slot slot = oldest.next();
            if (now - slot.since < overdueAfter) {
                break;
            }
            oldest.remove();
            slot.overdue = true;
            overdueCount++;
        }
        serve();
    }

    private int slotsOfFailing() {
        return Math.max(earnedByFailing, limit.slotsOfFailing());
    }

    /** Not recursive: a task that closes its slot at once must not deepen the stack. */
    private void serve() {
        if (serving) {
            return;
        }
        serving = true;
        try {
            for (Waiter next = next(); next != null; next = next()) {
                next.done = true;
                Slot slot = new Slot(next.failing);
                prompt.add(slot);
                limit.taken(prompt.size(), next.failing, slot.since);
                failingTaken += next.failing ? 1 : 0;
                next.task.accept(slot);
            }
        } finally {
            serving = false;
        }
    }

    private @Nullable Waiter next() {
        if (prompt.size() >= limit.slots()) {
            return null;
        }
        Waiter first = queue.poll();
        return first == null && failingTaken < slotsOfFailing() ? failingQueue.poll() : first;
    }
}

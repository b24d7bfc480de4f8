package io.iotdarelay.limits;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The queue for the rate limiter on one event loop. The first waiter is called when the limiter allows a request, and then
 * tries to send; new waiters join at the end. No waiter holds a slot or a connection.
 */
final class RateLimitQueue {

    /** The rate may have changed meanwhile. */
    private static final Duration CHECK_EVERY = Duration.ofMillis(100);

    private final RateLimiter limiter;
    private final Scheduler loop;
    private final AtomicInteger waiting;
    private final Set<Waiter> queue = new LinkedHashSet<>();
    private @Nullable Waiter first;
    private boolean armed;

    /**
     * An empty queue.
     *
     * @param waiting how many wait, over all event loops
     */
    RateLimitQueue(RateLimiter limiter, Scheduler loop, AtomicInteger waiting) {
        this.limiter = limiter;
        this.loop = loop;
        this.waiting = waiting;
    }

    /** Charges a request if it is this waiter's turn and the limiter allows it; joins the queue if not. */
    @SuppressWarnings("ReferenceEquality") // that very waiter
    boolean tryAcquire(Waiter waiter, double cost) {
        boolean itsTurn = waiter == first || (first == null && queue.isEmpty()) || limiter.isFree();
        if (itsTurn && limiter.tryAcquire(cost)) {
            forget(waiter);
            return true;
        }
        if (waiter != first && queue.add(waiter)) {
            waiting.incrementAndGet();
        }
        arm();
        return false;
    }

    /** The waiter no longer wants to send. */
    @SuppressWarnings("ReferenceEquality") // that very waiter
    void forget(Waiter waiter) {
        if (waiter == first) {
            first = null;
            waiting.decrementAndGet();
        } else if (queue.remove(waiter)) {
            waiting.decrementAndGet();
        }
        if (first != null || !queue.isEmpty()) {
            arm();
        }
    }

    private void arm() {
        if (!armed) {
            armed = true;
            loop.schedule(this::check, Math.min(limiter.delay(), CHECK_EVERY.toNanos()), TimeUnit.NANOSECONDS);
        }
    }

    /** Calls the first waiter, once. If something other than the limiter stops it, it joins again by itself. */
    @SuppressWarnings("ReferenceEquality") // that very waiter
    private void check() {
        armed = false;
        if (first == null && !queue.isEmpty()) {
            Iterator<Waiter> next = queue.iterator();
            first = next.next();
            next.remove();
        }
        Waiter called = first;
        if (called == null) {
            return;
        }
        if (limiter.delay() > 0) {
            arm();
        } else if (!called.tryAgain() && called == first) {
            forget(called);
        }
    }
}

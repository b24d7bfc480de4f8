package io.iotdarelay.limits;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The queue for the rate limiter on one event loop. When the limiter allows a request, the {@link QuotaLine} says whose turn it
 * is; that waiter is called, and then tries to send. No waiter holds a slot or a connection.
 */
final class RateLimitQueue {

    /** The rate may have changed meanwhile. */
    private static final Duration CHECK_EVERY = Duration.ofMillis(100);

    private static final double LEAST_COST = 1;

    private final RateLimiter limiter;
    private final Scheduler loop;
    private final AtomicInteger waiting;
    private final QuotaLine line;
    private @Nullable Waiter first;
    private boolean armed;

    /** What the first one wants to send costs, as far as it is known. */
    private double costOfFirst = LEAST_COST;

    /**
     * An empty queue.
     *
     * @param line who waits
     * @param waiting how many wait, over all event loops
     */
    RateLimitQueue(RateLimiter limiter, QuotaLine line, Scheduler loop, AtomicInteger waiting) {
        this.line = line;
        this.limiter = limiter;
        this.loop = loop;
        this.waiting = waiting;
    }

    /** Whether somebody waits: what is sent should make the best of the quota. */
    boolean isContended() {
        return (first != null || !line.isEmpty()) && !limiter.isFree();
    }

    /** A waiter may have more to send now. */
    void grown(Waiter waiter) {
        line.grown(waiter);
    }

    /** Charges a request if it is this waiter's turn and the limiter allows it; joins the queue if not. */
    @SuppressWarnings("ReferenceEquality") // that very waiter
    boolean tryAcquire(Waiter waiter, double cost) {
        boolean itsTurn = waiter == first || (first == null && line.isEmpty()) || limiter.isFree();
        if (itsTurn && limiter.tryAcquire(cost, this)) {
            forget(waiter);
            return true;
        }
        if (waiter != first && line.add(waiter)) {
            waiting.incrementAndGet();
        } else if (waiter == first) {
            costOfFirst = cost;
        }
        arm();
        return false;
    }

    /** The waiter no longer wants to send. */
    @SuppressWarnings("ReferenceEquality") // that very waiter
    void forget(Waiter waiter) {
        if (waiter == first) {
            first = null;
            costOfFirst = LEAST_COST;
            limiter.release(this);
            waiting.decrementAndGet();
        } else if (line.remove(waiter)) {
            waiting.decrementAndGet();
        }
        if (first != null || !line.isEmpty()) {
            arm();
        }
    }

    private void arm() {
        if (!armed) {
            armed = true;
            loop.schedule(
                    this::check,
                    Math.min(limiter.delay(costOfFirst, this), CHECK_EVERY.toNanos()),
                    TimeUnit.NANOSECONDS);
        }
    }

    /** Calls the first waiter, once. If something other than the limiter stops it, it joins again by itself. */
    @SuppressWarnings("ReferenceEquality") // that very waiter
    private void check() {
        armed = false;
        if (first == null) {
            first = limiter.delay(LEAST_COST, this) > 0 ? null : line.poll();
            costOfFirst = LEAST_COST;
        }
        Waiter called = first;
        if (called == null && line.isEmpty()) {
            return;
        }
        if (called == null || limiter.delay(costOfFirst, this) > 0) {
            arm();
        } else if (!called.tryAgain() && called == first) {
            forget(called);
        }
    }
}

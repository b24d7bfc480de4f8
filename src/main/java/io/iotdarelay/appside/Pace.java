package io.iotdarelay.appside;

import io.iotdarelay.limits.RateLimiter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * When calls may be sent: each has its turn, first come, first served, so many a second; fewer after the platform throttled, and none for
 * as long as it asks to wait. Belongs to one event loop, but anybody may ask for a turn.
 */
final class Pace {

    /** So many may wait: at the default pace, a quarter of an hour. */
    static final int MOST_WAITING = 10_000;

    private static final Duration LONGEST_HOLD = Duration.ofMinutes(1);
    private static final double ONE = 1;

    private final RateLimiter limiter;
    private final Scheduler loop;
    private final BooleanSupplier pointless;
    private final LongSupplier nanoTime;
    private final SequencedSet<MonoSink<Boolean>> line = new LinkedHashSet<>();
    private final Disposable.Swap alarm = Disposables.swap();
    private long heldUntil;
    private volatile int waiting;

    /**
     * Nobody waits yet.
     *
     * @param pointless whether calls are withheld anyway: then everybody has a turn at once, and finds out
     */
    Pace(RateLimiter limiter, Scheduler loop, BooleanSupplier pointless, LongSupplier nanoTime) {
        this.limiter = limiter;
        this.loop = loop;
        this.pointless = pointless;
        this.nanoTime = nanoTime;
        this.heldUntil = nanoTime.getAsLong();
    }

    /** Emits true when a call may be sent, on the event loop; false at once if too many wait. Cancelling gives the turn up. */
    Mono<Boolean> turn() {
        return Mono.<Boolean>create(sink -> join(sink)).subscribeOn(loop);
    }

    /** Calls that may be sent in a second now. */
    double rate() {
        return limiter.rate();
    }

    int waiting() {
        return waiting;
    }

    /** The platform throttled a call. */
    void throttled(Duration retryAfter) {
        limiter.throttled(ONE);
        Duration hold = retryAfter.compareTo(LONGEST_HOLD) < 0 ? retryAfter : LONGEST_HOLD;
        long until = nanoTime.getAsLong() + hold.toNanos();
        if (until - heldUntil > 0) {
            heldUntil = until;
        }
    }

    private void join(MonoSink<Boolean> sink) {
        if (line.size() >= MOST_WAITING) {
            sink.success(false);
            return;
        }
        line.addLast(sink);
        sink.onCancel(() -> loop.schedule(() -> leave(sink)));
        serve();
    }

    private void leave(MonoSink<Boolean> sink) {
        line.remove(sink);
        waiting = line.size();
    }

    private void serve() {
        while (!line.isEmpty()) {
            boolean free = pointless.getAsBoolean();
            long wait = free ? 0 : Math.max(heldUntil - nanoTime.getAsLong(), limiter.delay(ONE));
            if (wait > 0) {
                alarm.update(loop.schedule(this::serve, wait, TimeUnit.NANOSECONDS));
                break;
            }
            if (!free) {
                boolean ignored = limiter.tryAcquire(ONE); // nobody else asks, so it is not refused
            }
            line.removeFirst().success(true);
        }
        waiting = line.size();
    }
}

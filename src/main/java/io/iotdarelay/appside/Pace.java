package io.iotdarelay.appside;

import io.iotdarelay.limits.RateLimiter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * When calls may be sent: each has its turn, first come, first served, so many a second and so many at a time; fewer after the platform
 * throttled, and none for as long as it asks to wait. Belongs to one event loop, but anybody may ask for a turn.
 */
final class Pace {

    /** So many may wait: at the default pace, a quarter of an hour. */
    static final int MOST_WAITING = 10_000;

    static final String TOO_MANY = "more than " + MOST_WAITING + " calls of the application side wait for their turn";
    static final String STOPPING = "the relay is being stopped";

    private static final Duration LONGEST_HOLD = Duration.ofMinutes(1);
    private static final double ONE = 1;

    private final RateLimiter limiter;
    private final int mostAtATime;
    private final Scheduler loop;
    private final BooleanSupplier pointless;
    private final LongSupplier nanoTime;
    private final SequencedSet<Turn<?>> line = new LinkedHashSet<>();
    private final Disposable.Swap alarm = Disposables.swap();
    private long heldUntil;
    private int running;
    private final Sinks.Empty<Void> end = Sinks.empty();
    private boolean closed;
    private volatile int waiting;

    /**
     * Nobody waits yet.
     *
     * @param pointless whether calls are withheld anyway: then everybody has a turn at once, and finds out
     */
    Pace(RateLimiter limiter, int mostAtATime, Scheduler loop, BooleanSupplier pointless, LongSupplier nanoTime) {
        this.limiter = limiter;
        this.mostAtATime = mostAtATime;
        this.loop = loop;
        this.pointless = pointless;
        this.nanoTime = nanoTime;
        this.heldUntil = nanoTime.getAsLong();
    }

    /**
     * Makes a call when it is its turn, on the event loop. The turn ends with the call, or when that is cancelled.
     *
     * @param refused what is answered instead, by the reason: too many wait, or nothing is sent any more
     */
    <T> Mono<T> inTurn(Mono<T> call, Function<String, T> refused) {
        return inTurn(call, refused, () -> false);
    }

    /**
     * The same.
     *
     * @param needless whether this call is withheld anyway, and takes no turn from others
     */
    <T> Mono<T> inTurn(Mono<T> call, Function<String, T> refused, BooleanSupplier needless) {
        return Mono.<T>create(sink -> join(new Turn<>(sink, call, refused, needless)))
                .subscribeOn(loop);
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

    /** Completes on the event loop when nothing is sent any more: running calls end with it, while there still is a loop to end on. */
    Mono<Void> end() {
        return end.asMono();
    }

    /** Nothing is sent any more; who waits is told so, and who has a turn. Any thread. */
    void close() {
        loop.schedule(() -> {
            closed = true;
            alarm.dispose();
            end.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
            while (!line.isEmpty()) {
                line.removeFirst().refuse(STOPPING);
            }
            waiting = 0;
        });
    }

    private void join(Turn<?> turn) {
        if (closed) {
            turn.refuse(STOPPING);
            return;
        }
        if (line.size() >= MOST_WAITING) {
            turn.refuse(TOO_MANY);
            return;
        }
        line.addLast(turn);
        turn.sink.onDispose(() -> over(turn));
        serve();
    }

    /** A turn ended, or was given up. Any thread. */
    private void over(Turn<?> turn) {
        try {
            loop.schedule(() -> leave(turn));
        } catch (RejectedExecutionException e) { // nobody has a turn any more
            turn.running.dispose();
        }
    }

    private void leave(Turn<?> turn) {
        if (!line.remove(turn)) {
            turn.running.dispose();
            if (turn.isRunning) {
                turn.isRunning = false;
                running--;
            }
        }
        serve();
    }

    private void serve() {
        while (!line.isEmpty()) {
            boolean free = pointless.getAsBoolean() || line.getFirst().needless.getAsBoolean();
            if (!free && running >= mostAtATime) {
                break; // until one of them ends
            }
            long wait = free ? 0 : Math.max(heldUntil - nanoTime.getAsLong(), limiter.delay(ONE));
            if (wait > 0) {
                alarm.update(loop.schedule(this::serve, wait, TimeUnit.NANOSECONDS));
                break;
            }
            if (!free) {
                boolean ignored = limiter.tryAcquire(ONE); // nobody else asks, so it is not refused
            }
            running++;
            line.removeFirst().begin();
        }
        waiting = line.size();
    }

    /** A call's. */
    private static final class Turn<T> {

        private final MonoSink<T> sink;
        private final Mono<T> call;
        private final Function<String, T> refused;
        private final BooleanSupplier needless;
        private final Disposable.Swap running = Disposables.swap();
        private boolean isRunning;

        Turn(MonoSink<T> sink, Mono<T> call, Function<String, T> refused, BooleanSupplier needless) {
            this.sink = sink;
            this.call = call;
            this.refused = refused;
            this.needless = needless;
        }

        void begin() {
            isRunning = true;
            // Nothing on completion: to a sink that nobody has asked yet, that would take the value away again.
            running.update(call.subscribe(sink::success, sink::error, null, Context.of(sink.contextView())));
        }

        void refuse(String why) {
            sink.success(refused.apply(why));
        }
    }
}

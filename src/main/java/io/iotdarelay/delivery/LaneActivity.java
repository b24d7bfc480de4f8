package io.iotdarelay.delivery;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Owns the state of a lane, which either waits for one thing or has one request in flight. Belongs to the lane's event loop.
 */
final class LaneActivity {

    private static final LaneState IDLE = new LaneState.Idle();

    private final Scheduler loop;
    private LaneState state = IDLE;

    LaneActivity(Scheduler loop) {
        this.loop = loop;
    }

    boolean isIdle() {
        return state instanceof LaneState.Idle;
    }

    boolean isWaiting() {
        return state instanceof LaneState.Waiting;
    }

    boolean waitsFor(WaitReason why) {
        return state instanceof LaneState.Waiting waiting && waiting.reason() == why;
    }

    Optional<RequestInFlight> inFlight() {
        return state instanceof LaneState.Sending sending ? Optional.of(sending.request()) : Optional.empty();
    }

    /** What the lane waits for, as health and metrics show it. */
    WaitReason reason() {
        return switch (state) {
            case LaneState.Sending ignored -> WaitReason.ANSWER;
            case LaneState.Waiting waiting -> waiting.reason();
            case LaneState.Idle ignored -> WaitReason.SLOT;
        };
    }

    /** The lane waits from now on, until it is woken. */
    void waitFor(WaitReason why) {
        waitFor(why, Disposables::disposed);
    }

    /**
     * The lane waits from now on.
     *
     * @param request asks for what it waits for, perhaps successfully at once; disposing the result withdraws that
     */
    void waitFor(WaitReason why, Supplier<Disposable> request) {
        stopWaiting();
        Disposable.Swap wake = Disposables.swap();
        state = new LaneState.Waiting(why, wake);
        wake.update(request.get());
    }

    /** The lane waits for a while, and then does this. */
    void waitFor(WaitReason why, Duration delay, Runnable then) {
        waitFor(why, () -> loop.schedule(then, delay.toNanos(), TimeUnit.NANOSECONDS));
    }

    void stopWaiting() {
        if (state instanceof LaneState.Waiting waiting) {
            state = IDLE;
            waiting.wake().dispose();
        }
    }

    void sending(RequestInFlight request) {
        state = new LaneState.Sending(request);
    }

    /** The request is over; it must be the one in flight. */
    @SuppressWarnings("ReferenceEquality") // that very request
    void ended(RequestInFlight request) {
        if (!(state instanceof LaneState.Sending sending) || sending.request() != request) {
            throw new IllegalStateException("a request ended that is not in flight");
        }
        state = IDLE;
    }
}

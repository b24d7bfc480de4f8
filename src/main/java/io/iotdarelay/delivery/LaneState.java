package io.iotdarelay.delivery;

import reactor.core.Disposable;

/** What a lane is doing. */
sealed interface LaneState {

    /** Idle, or deciding what to do next. */
    record Idle() implements LaneState {}

    /**
     * It waits.
     *
     * @param wake ends the wait
     */
    record Waiting(WaitReason reason, Disposable wake) implements LaneState {}

    /** A request is in flight. */
    record Sending(RequestInFlight request) implements LaneState {}
}

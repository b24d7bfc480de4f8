package io.iotdarelay.delivery;

import reactor.core.Disposable;

/** What a lane is doing. */
sealed interface LaneState {

    /** Nothing, or it is just deciding what comes next. */
    record Idle() implements LaneState {}

    /**
     * It waits.
     *
     * @param wake ends the waiting
     */
    record Waiting(WaitReason reason, Disposable wake) implements LaneState {}

    /** A request is in flight. */
    record Sending(RequestInFlight request) implements LaneState {}
}

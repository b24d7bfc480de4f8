package io.iotdarelay.delivery;

import io.iotdarelay.iotda.Verdict;
import io.iotdarelay.lane.Batch;
import io.iotdarelay.limits.Permit;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.tracing.RequestTrace;
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

    /**
     * A request is in flight.
     *
     * @param permit closed when the request is over
     */
    record Sending(Batch batch, AccessToken token, RequestTrace trace, Disposable.Swap exchange, Permit permit)
            implements LaneState {

        /** Follows the request to its end. */
        void traced(Verdict verdict) {
            if (verdict instanceof Verdict.Accepted) {
                trace.succeeded();
            } else {
                trace.failed(verdict.code());
            }
        }
    }
}

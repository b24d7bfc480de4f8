package io.iotdarelay.delivery;

import io.iotdarelay.lane.Batch;
import io.iotdarelay.limits.Permit;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.tracing.RequestTrace;
import reactor.core.Disposable;

/**
 * A request that was sent and has no verdict yet.
 *
 * @param trace follows the request to its end
 * @param exchange aborts the request when disposed
 * @param permit closed when the request is over
 */
record RequestInFlight(Batch batch, AccessToken token, RequestTrace trace, Disposable.Swap exchange, Permit permit) {

    /** How a trace names the end of a request whose partitions have all left. */
    private static final String ABANDONED = "abandoned";

    /** The batch, with this verdict counted. */
    Batch batchAfter(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Forbidden ignored -> batch.refused();
            case Verdict.Misaddressed ignored -> batch.refused();
            case Verdict.DeviceTrouble ignored -> batch.refused();
            default -> batch;
        };
    }

    /** Passes the verdict to the trace and the limits. Returns whether it slows down all requests. */
    boolean judge(Verdict verdict) {
        if (verdict instanceof Verdict.Accepted) {
            trace.succeeded();
        } else {
            trace.failed(verdict.code());
        }
        return permit.judge(verdict);
    }

    /** A defect of the relay ended the request. */
    void failed() {
        trace.failed(RejectionReason.INTERNAL_ERROR.code());
    }

    /** The response is no longer needed. */
    void abandon() {
        exchange.dispose();
        trace.failed(ABANDONED);
        permit.close();
    }

    boolean isAbandoned() {
        return batch.isAbandoned();
    }

    /** Whether a record of it belongs to a partition that is leaving. */
    boolean isForLeaving() {
        return batch.entries().stream().anyMatch(entry -> !entry.record().mayStart());
    }
}

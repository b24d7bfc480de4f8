package io.iotdarelay.delivery;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import java.util.List;
import java.util.Optional;

/** Says what became of the entries of a lane. */
record LaneOutcomes(OutcomeSink sink) {

    void delivered(List<LaneEntry> entries) {
        sink.accept(entries, new Outcome.Delivered());
    }

    void rejected(
            List<LaneEntry> entries,
            RejectionReason reason,
            String detail,
            Optional<PlatformAnswer> answer,
            int attempts) {
        for (LaneEntry entry : entries) {
            reject(entry, new Rejection(reason, detail, null, answer.orElse(null), attempts));
        }
    }

    void broken(List<LaneEntry> entries, Throwable defect, int attempts) {
        Rejection rejection = Rejection.internalError(defect);
        for (LaneEntry entry : entries) {
            reject(entry, new Rejection(rejection.reason(), rejection.detail(), null, null, attempts));
        }
    }

    private void reject(LaneEntry entry, Rejection rejection) {
        sink.accept(
                List.of(entry),
                new Outcome.Rejected(rejection.about(entry.report().device())));
    }
}

package io.iotdarelay.delivery;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import java.util.List;
import java.util.Optional;

/** Reports the outcomes of a lane's entries. */
record LaneOutcomes(OutcomeSink sink) {

    void delivered(List<LaneEntry> entries) {
        sink.accept(entries, new Outcome.Delivered());
    }

    void superseded(List<LaneEntry> entries) {
        sink.accept(entries, new Outcome.Superseded());
    }

    void rejected(
            List<LaneEntry> entries,
            RejectionReason reason,
            String detail,
            Optional<PlatformAnswer> answer,
            int attempts) {
        for (LaneEntry entry : entries) {
            Rejection rejection = new Rejection(reason, detail, entry.report().device(), answer.orElse(null), attempts);
            sink.accept(List.of(entry), new Outcome.Rejected(rejection));
        }
    }

    void broken(List<LaneEntry> entries, Throwable defect, int attempts) {
        Rejection rejection = Rejection.internalError(defect);
        rejected(entries, rejection.reason(), rejection.detail(), Optional.empty(), attempts);
    }
}

package io.iotdarelay.delivery;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.Outcome;
import java.util.List;

/** Receives the outcomes. Called on event loops; never blocks. */
@FunctionalInterface
public interface OutcomeSink {

    /** These records share this outcome. */
    void accept(List<LaneEntry> entries, Outcome outcome);
}

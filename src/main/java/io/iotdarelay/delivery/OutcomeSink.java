package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.RecordInFlight;
import java.util.List;

/** Takes the outcomes. Called on event loops; never blocks. */
@FunctionalInterface
public interface OutcomeSink {

    /** These records share this outcome. */
    void accept(List<RecordInFlight> records, Outcome outcome);
}

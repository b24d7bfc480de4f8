package io.iotdarelay.lane;

import io.iotdarelay.telemetry.Keep;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Report;
import org.jspecify.annotations.Nullable;

/**
 * A report that waits in a lane, and its record.
 *
 * @param part which of the record's reports it is
 * @param keep whether newer reports may replace it, if its route says so
 */
public record LaneEntry(
        RecordInFlight record,
        int part,
        Report report,
        @Nullable Keep keep) {

    /** The only report of a record, whose route does not say whether newer ones may replace it. */
    public LaneEntry(RecordInFlight record, Report report) {
        this(record, 0, report, null);
    }
}

package io.iotdarelay.lane;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Report;

/**
 * A report that waits in a lane, and its record.
 *
 * @param part which of the record's reports it is
 */
public record LaneEntry(RecordInFlight record, int part, Report report) {

    /** The only report of a record. */
    public LaneEntry(RecordInFlight record, Report report) {
        this(record, 0, report);
    }
}

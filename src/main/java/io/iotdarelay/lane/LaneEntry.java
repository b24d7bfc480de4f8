package io.iotdarelay.lane;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Report;

/** A report that waits in a lane, and its record. */
public record LaneEntry(RecordInFlight record, Report report) {}

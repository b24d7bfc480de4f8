package io.iotdarelay.readback;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.Report;
import java.time.Instant;

/**
 * A report that was delivered.
 *
 * @param number counts the reports of a capture
 * @param at when, by the wall clock
 */
record Delivered(long number, String route, Report report, Assignment assignment, Instant at) {}

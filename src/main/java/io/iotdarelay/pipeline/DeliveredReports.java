package io.iotdarelay.pipeline;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.Report;
import java.time.Instant;

/** Learns of each report that was delivered. Called on the poll thread, in the order of a device's reports: it must cost next to nothing. */
@FunctionalInterface
public interface DeliveredReports {

    /** Nobody wants to know. */
    DeliveredReports NONE = (route, report, assignment, at) -> {};

    /**
     * The platform answered 2xx to a request with this report.
     *
     * @param route the route that made it
     * @param assignment under which its record was read: later ones of the device may be somebody else's once that has ended
     * @param at when, by the wall clock
     */
    void add(String route, Report report, Assignment assignment, Instant at);
}

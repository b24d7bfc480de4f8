package io.iotdarelay.telemetry;

/**
 * A record that was begun and is not settled.
 *
 * @param route the name of the route that it takes
 */
public record RecordInFlight(Assignment assignment, SourceRecord record, String route) {

    /** Whether a request for it may still be sent. */
    public boolean mayStart() {
        return assignment.mayStart();
    }

    /** Whether its partition has left: another instance will deliver it. */
    public boolean isAbandoned() {
        return !assignment.isCurrent();
    }
}

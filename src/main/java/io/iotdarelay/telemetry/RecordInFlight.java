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

    /** Whether it is a dead letter that is sent again. Its partition is none of Kafka's: its number is negative. */
    public boolean isRedriven() {
        return record.position().partition() < 0;
    }

    /** Where it stood first: in the source topic, also if it is a dead letter that is sent again. Only on the poll thread. */
    public RecordPosition origin() {
        return assignment.origin(record).orElse(record.position());
    }

    /** Whether its partition has left: another instance will deliver it. */
    public boolean isAbandoned() {
        return !assignment.isCurrent();
    }
}

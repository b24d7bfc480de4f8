package io.iotdarelay.tracing;

import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.List;

/** Follows records through the relay. May be called by any thread. */
public interface Tracing {

    /** Follows nothing. */
    Tracing OFF = new Untraced();

    /**
     * A request with reports is about to be sent.
     *
     * @param records the records of the reports, in order
     * @param attempt how many requests carried them, this one included
     */
    RequestTrace report(List<SourceRecord> records, int attempt);

    /** A device is about to authenticate: for all of its records, and for none of them alone. */
    RequestTrace authentication();

    /** A record becomes a dead letter. */
    void rejected(SourceRecord record, RejectionReason reason);

    /** Runs an action with the record's trace as the current one, for its logs and exemplars. */
    void onBehalfOf(SourceRecord record, Runnable work);
}

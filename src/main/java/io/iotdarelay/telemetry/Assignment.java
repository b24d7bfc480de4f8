package io.iotdarelay.telemetry;

import java.util.Optional;

/**
 * One period in which this instance owns a partition. A partition that leaves and comes back is a new assignment, so that
 * late outcomes of the old one are recognized.
 */
public interface Assignment {

    /** Whether the partition is still owned under this assignment. May be asked from any thread. */
    boolean isCurrent();

    /**
     * Whether a request for its records may still be sent: not when the partition has left, nor when it is leaving and a response might
     * come too late. May be asked from any thread.
     */
    boolean mayStart();

    /** Where the record stood when it became a dead letter, if it is one that is sent again. Only on the poll thread. */
    default Optional<RecordPosition> origin(SourceRecord record) {
        return Optional.empty();
    }

    /** The record ends as a dead letter, and is settled right after this. Called only on the poll thread. */
    default void rejected(SourceRecord record, RejectionReason reason) {}

    /** The record is finished and its offset may be committed. Called only on the poll thread. */
    void settle(SourceRecord record);
}

package io.iotdarelay.source;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** What the poll loop needs from the rest of the relay. Called only on the poll thread. */
public interface RecordHandler {

    /** A partition is this instance's from now on, until its assignment ends. */
    default void assigned(SourcePartition partition, Assignment assignment) {}

    /** These are leaving, and are drained until their assignments end: nothing but the records that have begun is sent for them. */
    void leaving(Collection<SourcePartition> partitions);

    /** How many dead letters of a partition that are sent again are in flight: they have no offset, but are drained, too. */
    int redriven(SourcePartition partition);

    /** Accepts a record. It is settled later, through its assignment. Never blocks. */
    void begin(Assignment assignment, SourceRecord record);

    /** A record of the partition is not begun, because a former owner had finished it. */
    void finishedBefore(SourcePartition partition, long offset);

    /** No further record follows for now. */
    void flush();

    /** Settles what has finished meanwhile; waits at most this long for the first record. */
    void settle(Duration wait);

    /** This many records of a partition of this topic were in flight when it left; its assignment has ended already. */
    void abandoned(String topic, int records);

    /** Forgets what belongs to partitions that have left. When this returns, nothing more is sent for them. */
    void dropLeaving();

    /** Why the partition should not be read now, if so. */
    Optional<Pause> obstacle(SourcePartition partition);

    /** How long a request that is sent now may wait for its response, at most. */
    Duration longestRequest();

    /** Whether something is still in progress for partitions whose records may not start any more. */
    boolean isBusyForLeaving();

    /** Whether it is pointless to wait for what is in flight now. */
    boolean isStuck();

    /** Where the oldest record in flight of each partition is, as far as it is known. */
    Map<SourcePartition, Whereabouts> oldest();

    /** One record of the partition holds back many that are finished: retries it without waiting for its backoff. */
    void retryNow(SourcePartition partition);

    /** The partition is paused because of one record: sets its device aside if it fails while others succeed. */
    void unblock(SourcePartition partition);
}

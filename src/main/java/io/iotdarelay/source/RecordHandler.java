package io.iotdarelay.source;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What the poll loop needs from the rest of the relay. Called only on the poll thread. */
public interface RecordHandler {

    /** Takes a record on. It is settled later, through its assignment. Never blocks. */
    void begin(Assignment assignment, SourceRecord record);

    /** No further record follows for the moment. */
    void flush();

    /** Settles what has finished meanwhile; waits at most so long for the first of it. */
    void settle(Duration wait);

    /** So many records of a partition of this topic were in flight when it left; its assignment says already that it has. */
    void abandoned(String topic, int records);

    /** Forgets what belongs to partitions that have left. When this returns, nothing more is sent for them. */
    void dropLeaving();

    /** Why the partition should not be read now, if so. */
    Optional<Pause> obstacle(SourcePartition partition);

    /** How long it may take at the most until a request that is sent now has its response. */
    Duration longestRequest();

    /** Whether something is still being done for partitions whose records may not start any more. */
    boolean isBusyForLeaving();

    /** Whether it is pointless to wait for what is in flight now. */
    boolean isStuck();

    /** Where the oldest record in flight of each partition is, as far as it is known. */
    Map<SourcePartition, Whereabouts> oldest();

    /** One record of the partition holds back many that are finished: what can be done sooner should be. */
    void retryNow(SourcePartition partition);

    /** The partition is paused because of one record: if its device fails alone, it should not wait for it. */
    void unblock(SourcePartition partition);
}

package io.iotdarelay.source;

import io.iotdarelay.telemetry.FairShare;
import java.util.Optional;

/**
 * Decides whether a partition may be read, depending on what is in flight, by {@linkplain FairShare fair shares}. Pure.
 *
 * @param maxRecords the bound of records in flight, over all partitions
 * @param maxBytes the bound of bytes in flight, over all partitions
 */
record FlowControl(int maxRecords, long maxBytes) {

    /** A paused partition resumes when it is clearly below its threshold, not at every record. */
    private static final double RESUME_BELOW = 0.7;

    /**
     * How many records may be between the frontier and the last one begun, as a multiple of the bound of records in
     * flight: finished ones cost little memory, but all of them would be repeated after a crash.
     */
    private static final int MAX_WINDOWS = 64;

    /**
     * What is in flight.
     *
     * @param window records from the frontier on, finished ones included
     */
    record Load(long records, long bytes, long window) {

        static final Load NONE = new Load(0, 0, 0);

        Load plus(Load other) {
            return new Load(records + other.records, bytes + other.bytes, window + other.window);
        }
    }

    /** Why the partition should be paused, if it should. */
    Optional<PauseReason> reasonToPause(Load partition, Load all, boolean paused) {
        if (exceeds(partition.records(), maxRecords - all.records(), paused)) {
            return Optional.of(PauseReason.RECORDS);
        }
        if (exceeds(partition.bytes(), maxBytes - all.bytes(), paused)) {
            return Optional.of(PauseReason.SIZE);
        }
        long maxWindow = (long) maxRecords * MAX_WINDOWS;
        return exceeds(partition.window(), maxWindow - all.window(), paused)
                ? Optional.of(PauseReason.HEAD_OF_LINE)
                : Optional.empty();
    }

    private static boolean exceeds(long held, long free, boolean paused) {
        long threshold = new FairShare(free).most();
        return held >= (paused ? threshold * RESUME_BELOW : threshold);
    }
}

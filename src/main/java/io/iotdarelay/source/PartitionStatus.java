package io.iotdarelay.source;

import io.iotdarelay.metrics.PartitionMeters;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of one partition.
 *
 * @param committed the group's offset, as last acknowledged by Kafka
 * @param lag records in Kafka that are not settled yet, up to the high watermark, if it is known
 * @param inFlight records that are begun and not settled
 * @param window records from the first unfinished one on, finished ones included
 * @param oldestBegan when the record began that holds the committable offset; nothing while none is in flight
 * @param oldestUnfinished its age at the time of this status; zero while none is in flight
 * @param oldest where that record is, as of the last second or two
 * @param stalled for how long the committed offset has not moved although there is something to do
 * @param uncommitted for how long commits have been due without one that Kafka has acknowledged
 * @param openTransaction the open transaction that blocks the partition, if there is one
 * @param retention how long until retention deletes the oldest uncommitted record, if known
 * @param pause why the partition is not read, if so
 */
public record PartitionStatus(
        String topic,
        int partition,
        OptionalLong committed,
        OptionalLong lag,
        int inFlight,
        int window,
        Optional<Instant> oldestBegan,
        Duration oldestUnfinished,
        Optional<Whereabouts> oldest,
        Duration stalled,
        Duration uncommitted,
        Optional<OpenTransaction> openTransaction,
        Optional<RetentionOutlook> retention,
        Optional<Pause> pause) {

    /**
     * Records wait behind a transaction that is neither committed nor aborted.
     *
     * @param lastStable where the transaction begins; nothing from there on can be read
     * @param highWatermark where the log ends
     * @param age for how long the last stable offset has not moved
     */
    public record OpenTransaction(long lastStable, long highWatermark, Duration age) {

        /** What waits for it, in readable form. */
        public String detail() {
            return "waiting for an open transaction: offsets " + lastStable + " to " + (highWatermark - 1)
                    + " cannot be read for " + age.toSeconds() + " s";
        }
    }

    /**
     * How long retention by age leaves the oldest record that is not committed yet.
     *
     * @param age after which the topic's records may be deleted
     * @param left until the oldest uncommitted record has that age; negative once it is beyond it
     */
    public record RetentionOutlook(Duration age, Duration left) {

        /*
         * An estimate on the safe side for records whose timestamps rise: brokers delete whole segments, by the largest timestamp
         * in them, every few minutes (log.retention.check.interval.ms), and never the one that is being written. It knows nothing of
         * retention.bytes, nor of an administrator who deletes records.
         */

        /** Empty if nothing waits, if the topic keeps its records indefinitely, or if Kafka does not report it. */
        static Optional<RetentionOutlook> of(Retention retention, OptionalLong oldestTimestamp, Instant wall) {
            return switch (retention) {
                case Retention.Unknown unknown -> Optional.empty();
                case Retention.Unlimited unlimited -> Optional.empty();
                case Retention.Limited limited ->
                    oldestTimestamp.isEmpty()
                            ? Optional.empty()
                            : Optional.of(limited.outlook(Instant.ofEpochMilli(oldestTimestamp.getAsLong()), wall));
            };
        }
    }

    private static final String OPEN_TRANSACTION = "open-transaction";

    /** Whether it has something to do and has made no progress for 30 seconds. */
    public boolean isStagnant() {
        return stalled.compareTo(Progress.STAGNANT_AFTER) >= 0;
    }

    /** Whether commits have failed for 30 seconds. */
    public boolean isUncommitted() {
        return uncommitted.compareTo(Progress.STAGNANT_AFTER) >= 0;
    }

    /** What keeps the partition from being read, if something does. */
    public Optional<String> obstacle() {
        return pause.map(current -> "paused: " + current.detail())
                .or(() -> openTransaction.map(OpenTransaction::detail));
    }

    PartitionMeters.Reading reading() {
        return new PartitionMeters.Reading(
                topic,
                partition,
                lag,
                inFlight,
                oldestBegan,
                stalled,
                uncommitted,
                openTransaction.map(OpenTransaction::age),
                retention.map(RetentionOutlook::age),
                retention.map(RetentionOutlook::left),
                openTransaction.map(open -> OPEN_TRANSACTION).or(() -> oldest.map(Whereabouts::waitsFor)),
                pause.map(current -> current.reason().code()));
    }
}

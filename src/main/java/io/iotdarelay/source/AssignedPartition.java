package io.iotdarelay.source;

import io.iotdarelay.settle.FinishedOffsets;
import io.iotdarelay.settle.OffsetTracker;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One period in which this instance owns a partition. Belongs to the poll thread, except that anybody may ask whether it is
 * over.
 */
final class AssignedPartition implements Assignment {

    private final TopicPartition topicPartition;
    private final OffsetTracker offsets = new OffsetTracker();
    private final Progress progress;
    private FinishedOffsets finishedBefore;
    private boolean hasBegun;
    private long bytesInFlight;
    private @Nullable OffsetAndMetadata committed;
    private Optional<Pause> pause = Optional.empty();
    private OptionalLong end = OptionalLong.empty();
    private volatile boolean current = true;

    /**
     * Begins.
     *
     * @param finishedBefore what a former owner had finished beyond the committed offset
     */
    AssignedPartition(TopicPartition topicPartition, FinishedOffsets finishedBefore, Instant now) {
        this.topicPartition = topicPartition;
        this.finishedBefore = finishedBefore;
        this.progress = new Progress(sourcePartition(), now);
    }

    @Override
    public boolean isCurrent() {
        return current;
    }

    @Override
    public void settle(SourceRecord record) {
        offsets.finish(record.position().offset());
        bytesInFlight -= record.size();
    }

    TopicPartition topicPartition() {
        return topicPartition;
    }

    SourcePartition sourcePartition() {
        return new SourcePartition(topicPartition.topic(), topicPartition.partition());
    }

    /** Takes a record on. False if a former owner had finished it: then nothing is to be done. */
    boolean begin(SourceRecord record, Instant now) {
        long offset = record.position().offset();
        long timestamp = record.timestamp().toEpochMilli();
        if (!hasBegun) {
            hasBegun = true;
            if (!finishedBefore.isConfirmedBy(offset, timestamp)) {
                finishedBefore = FinishedOffsets.NONE;
            }
        }
        offsets.begin(offset, timestamp, now);
        if (finishedBefore.contains(offset)) {
            offsets.finish(offset);
            return false;
        }
        bytesInFlight += record.size();
        return true;
    }

    void skipTo(long offset) {
        offsets.skipTo(offset);
    }

    void end() {
        current = false;
    }

    FlowControl.Load load() {
        return new FlowControl.Load(offsets.inFlight(), bytesInFlight, offsets.window());
    }

    int inFlight() {
        return offsets.inFlight();
    }

    /**
     * What is worth a commit: there is something, Kafka does not have it yet, and it does not tell less than Kafka has. While a former
     * owner's finished records lie ahead that are not read again, and no record is at hand that could vouch for them, its commit stays.
     *
     * @param mostMetadata characters that tell what is finished beyond the offset
     */
    Optional<OffsetAndMetadata> toCommit(int mostMetadata) {
        OptionalLong committable = offsets.committable();
        if (committable.isEmpty() || tellsLess(committable.getAsLong())) {
            return Optional.empty();
        }
        OffsetAndMetadata wanted =
                new OffsetAndMetadata(committable.getAsLong(), offsets.finishedBeyond(finishedBefore, mostMetadata));
        return wanted.equals(committed) ? Optional.empty() : Optional.of(wanted);
    }

    private boolean tellsLess(long committable) {
        return hasBegun && offsets.window() == 0 && finishedBefore.reaches(committable);
    }

    void committed(OffsetAndMetadata offset) {
        committed = offset;
    }

    /** Kafka says where the partition ends. */
    void end(long offset) {
        end = OptionalLong.of(offset);
    }

    /**
     * How the partition fares.
     *
     * @param unread records in Kafka behind those that were handed out, where the consumer knows it
     * @param oldest where the oldest record in flight is, where somebody knows it
     */
    PartitionStatus status(OptionalLong unread, @Nullable Whereabouts oldest, Instant now) {
        OptionalLong frontier = offsets.committable();
        OptionalLong lag = lag(unread, frontier);
        Optional<Whereabouts> ofFrontier = Optional.ofNullable(oldest)
                .filter(found -> frontier.isPresent() && found.position().offset() == frontier.getAsLong());
        PartitionStatus status = new PartitionStatus(
                topicPartition.topic(),
                topicPartition.partition(),
                committed == null ? OptionalLong.empty() : OptionalLong.of(committed.offset()),
                lag,
                offsets.inFlight(),
                offsets.window(),
                offsets.oldestBegan(),
                offsets.oldestBegan().map(began -> Duration.between(began, now)).orElse(Duration.ZERO),
                ofFrontier,
                progress.standsStillSince(offsets, lag, pause.isPresent(), now),
                pause);
        progress.watch(status, now);
        return status;
    }

    boolean isHeadBlocked() {
        return progress.isHeadBlocked();
    }

    private OptionalLong lag(OptionalLong unread, OptionalLong frontier) {
        OptionalLong known = unread.isPresent() && offsets.next().isPresent()
                ? OptionalLong.of(offsets.next().getAsLong() + unread.getAsLong())
                : OptionalLong.empty();
        OptionalLong last = end.isPresent() && (known.isEmpty() || end.getAsLong() > known.getAsLong()) ? end : known;
        return frontier.isPresent() && last.isPresent()
                ? OptionalLong.of(Math.max(0, last.getAsLong() - frontier.getAsLong()))
                : unread;
    }

    Optional<Pause> pause() {
        return pause;
    }

    void pause(Optional<Pause> reason) {
        pause = reason;
    }
}

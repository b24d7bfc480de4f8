package io.iotdarelay.source;

import io.iotdarelay.settle.OffsetTracker;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * One period in which this instance owns a partition. Belongs to the poll thread, except that anybody may ask whether it is
 * over.
 */
final class AssignedPartition implements Assignment {

    private final TopicPartition topicPartition;
    private final OffsetTracker offsets = new OffsetTracker();
    private long bytesInFlight;
    private OptionalLong committed = OptionalLong.empty();
    private Optional<Pause> pause = Optional.empty();
    private OptionalLong lastFrontier = OptionalLong.empty();
    private Instant frontierMoved;
    private volatile boolean current = true;

    AssignedPartition(TopicPartition topicPartition, Instant now) {
        this.topicPartition = topicPartition;
        this.frontierMoved = now;
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

    void begin(SourceRecord record, Instant now) {
        offsets.begin(record.position().offset(), now);
        bytesInFlight += record.size();
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

    /** The offset that is worth a commit: there is one, and Kafka does not have it yet. */
    OptionalLong toCommit() {
        OptionalLong committable = offsets.committable();
        return committable.equals(committed) ? OptionalLong.empty() : committable;
    }

    void committed(long offset) {
        committed = OptionalLong.of(offset);
    }

    /**
     * How the partition fares.
     *
     * @param unread records in Kafka behind those that were handed out, where it is known
     */
    PartitionStatus status(OptionalLong unread, Instant now) {
        OptionalLong frontier = offsets.committable();
        OptionalLong lag = unread.isPresent() && frontier.isPresent()
                ? OptionalLong.of(unread.getAsLong() + offsets.next().getAsLong() - frontier.getAsLong())
                : unread;
        boolean idle = offsets.inFlight() == 0 && lag.orElse(0) == 0;
        if (idle || !frontier.equals(lastFrontier)) {
            lastFrontier = frontier;
            frontierMoved = now;
        }
        return new PartitionStatus(
                topicPartition.topic(),
                topicPartition.partition(),
                committed,
                lag,
                offsets.inFlight(),
                offsets.oldestBegan().map(began -> Duration.between(began, now)).orElse(Duration.ZERO),
                Duration.between(frontierMoved, now),
                pause);
    }

    Optional<Pause> pause() {
        return pause;
    }

    void pause(Optional<Pause> reason) {
        pause = reason;
    }
}

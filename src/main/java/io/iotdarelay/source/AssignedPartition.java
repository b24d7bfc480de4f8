package io.iotdarelay.source;

import io.iotdarelay.settle.OffsetTracker;
import io.iotdarelay.source.PartitionStatus.RetentionOutlook;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * One period in which this instance owns a partition. Belongs to the poll thread, except that any thread may ask whether it
 * is over.
 */
final class AssignedPartition implements Assignment {

    /** How long to wait before an unreadable batch is tried again. */
    private static final Duration READ_AGAIN_AFTER = Duration.ofSeconds(30);

    private final TopicPartition topicPartition;
    private final OffsetTracker offsets = new OffsetTracker();
    private final OffsetGaps gaps = new OffsetGaps();
    private final StableOffset stable = new StableOffset();
    private final Commits commits;
    private final Progress progress;
    private OptionalLong passed;
    private OptionalLong lastTimestamp = OptionalLong.empty();
    private long bytesInFlight;
    private Optional<Pause> pause = Optional.empty();
    private Optional<Pause> unreadable = Optional.empty();
    private Instant readAgainAt = Instant.MAX;
    private volatile boolean current = true;
    private volatile BooleanSupplier starts = () -> true;

    AssignedPartition(TopicPartition topicPartition, Takeover takeover, Instant now) {
        this.topicPartition = topicPartition;
        this.passed = takeover.committed();
        this.commits = new Commits(offsets, takeover);
        this.progress = new Progress(sourcePartition(), now);
    }

    @Override
    public boolean isCurrent() {
        return current;
    }

    @Override
    public boolean mayStart() {
        return current && starts.getAsBoolean();
    }

    /** It is leaving: requests for its records are sent only while this holds. */
    void startWhile(BooleanSupplier condition) {
        starts = condition;
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

    /** Accepts a record. False if a previous owner had finished it: then there is nothing to do. */
    boolean begin(SourceRecord record, int leaderEpoch, Instant now) {
        long offset = record.position().offset();
        long timestamp = record.timestamp().toEpochMilli();
        noticeGap(offset, now);
        commits.begin(offset, timestamp, leaderEpoch);
        lastTimestamp = OptionalLong.of(timestamp);
        passed = OptionalLong.of(offset + 1);
        offsets.begin(offset, timestamp, leaderEpoch, now);
        if (commits.hadFinished(offset)) {
            offsets.finish(offset);
            return false;
        }
        bytesInFlight += record.size();
        return true;
    }

    /** The consumer has passed everything below this offset. */
    void skipTo(long offset, int leaderEpoch, Instant now) {
        noticeGap(offset, now);
        offsets.skipTo(offset, leaderEpoch);
    }

    private void noticeGap(long offset, Instant now) {
        if (passed.isPresent() && passed.getAsLong() < offset) {
            gaps.passed(passed.getAsLong(), offset, now);
        }
        passed = OptionalLong.of(Math.max(offset, passed.orElse(offset)));
    }

    void end() {
        current = false;
    }

    /** What Kafka has, and should have, of it. */
    Commits commits() {
        return commits;
    }

    FlowControl.Load load() {
        return new FlowControl.Load(offsets.inFlight(), bytesInFlight, offsets.window());
    }

    int inFlight() {
        return offsets.inFlight();
    }

    /** Kafka has acknowledged the commit. */
    void committed(OffsetAndMetadata offset) {
        commits.committed(offset);
        progress.committed();
    }

    /**
     * What retention has deleted, as far as the brokers have reported it.
     *
     * @param toStart whether a consumer whose position no longer exists continues at the start of the log
     */
    List<OffsetGaps.Gap> lost(Observation seen, boolean toStart, Instant now) {
        seen.position().ifPresent(position -> noticeGap(position, now));
        return seen.bounds()
                .map(bounds -> gaps.lost(bounds, seen.askedAt(), toStart))
                .orElse(List.of());
    }

    /**
     * The state of the partition.
     *
     * @param wall by which records are as old as their timestamps say
     */
    PartitionStatus status(Observation seen, Instant now, Instant wall) {
        commits.identify(seen.topic());
        OptionalLong lag = lag(seen);
        if (lag.orElse(1) == 0) {
            commits.mark().reachedTheEnd();
        }
        if (seen.bounds().filter(commits::isDeleted).isPresent() && commits.forgive()) {
            unreadable = Optional.empty();
        }
        boolean hasNothingToRead = isOrderedToPause() || lag.orElse(pause.isPresent() ? 1 : 0) == 0;
        boolean idle = offsets.inFlight() == 0 && hasNothingToRead && !commits.isDue();
        OptionalLong frontier = offsets.committable();
        PartitionStatus status = new PartitionStatus(
                topicPartition.topic(),
                topicPartition.partition(),
                commits.acknowledged(),
                lag,
                offsets.inFlight(),
                offsets.window(),
                offsets.oldestBegan(),
                offsets.oldestBegan().map(began -> Duration.between(began, now)).orElse(Duration.ZERO),
                seen.oldest()
                        .filter(found ->
                                frontier.isPresent() && found.position().offset() == frontier.getAsLong()),
                progress.unchangedSince(commits.acknowledged(), idle, now),
                progress.uncommittedSince(commits.isDue(), now),
                seen.bounds().flatMap(bounds -> stable.observe(bounds, seen.askedAt(), now)),
                RetentionOutlook.of(seen.retention(), oldestTimestamp(lag), wall),
                pause);
        progress.watch(status, now);
        return status;
    }

    boolean isHeadBlocked() {
        return progress.isHeadBlocked();
    }

    /** The records beyond the last stable offset count as lag, too. */
    private OptionalLong lag(Observation seen) {
        OptionalLong next = offsets.next();
        long known = next.isPresent() && seen.unread().isPresent()
                ? next.getAsLong() + seen.unread().getAsLong()
                : -1;
        long end = Math.max(known, seen.bounds().map(LogBounds::highWatermark).orElse(-1L));
        OptionalLong from = offsets.committable().isPresent() ? offsets.committable() : passed;
        return end >= 0 && from.isPresent() ? OptionalLong.of(Math.max(0, end - from.getAsLong())) : seen.unread();
    }

    /** The timestamp of the oldest record that is not finished; a lower bound where that one has not been read yet. */
    private OptionalLong oldestTimestamp(OptionalLong lag) {
        if (offsets.oldestTimestamp().isPresent()) {
            return offsets.oldestTimestamp();
        }
        return lag.orElse(0) > 0 ? lastTimestamp : OptionalLong.empty();
    }

    /** Why the next batch cannot be read, if so. */
    Optional<Pause> unreadable() {
        return unreadable;
    }

    void unreadable(String reason, Instant now) {
        unreadable(reason, now, READ_AGAIN_AFTER);
    }

    /** The same, and it is not tried again for this long. */
    void unreadable(String reason, Instant now, Duration readAgainAfter) {
        Pause why = new Pause(PauseReason.UNREADABLE, reason);
        progress.unreadable(why, offsets.next().isPresent() ? offsets.next() : passed);
        unreadable = Optional.of(why);
        readAgainAt = now.plus(readAgainAfter);
    }

    /** Whether it is time to try to read it again: a broker may have been repaired, or another replica may lead. */
    boolean isToBeReadAgain(Instant now) {
        return unreadable.isPresent() && !now.isBefore(readAgainAt) && !isOrderedToPause();
    }

    /** It is to be tried. Whether it can be read shows then. */
    void readable() {
        unreadable = Optional.empty();
    }

    /** An operator has paused it. */
    boolean isOrderedToPause() {
        return pause.filter(Pause::isOrdered).isPresent();
    }

    Optional<Pause> pause() {
        return pause;
    }

    void pause(Optional<Pause> reason) {
        pause = reason;
    }
}

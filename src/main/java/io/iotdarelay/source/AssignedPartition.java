package io.iotdarelay.source;

import io.iotdarelay.settle.FinishedOffsets;
import io.iotdarelay.settle.OffsetTracker;
import io.iotdarelay.settle.TopicIdentity;
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
import org.jspecify.annotations.Nullable;

/**
 * One period in which this instance owns a partition. Belongs to the poll thread, except that anybody may ask whether it is
 * over.
 */
final class AssignedPartition implements Assignment {

    /** How long a batch that cannot be read is left alone. */
    private static final Duration READ_AGAIN_AFTER = Duration.ofSeconds(30);

    private final TopicPartition topicPartition;
    private final OffsetTracker offsets = new OffsetTracker();
    private final OffsetGaps gaps = new OffsetGaps();
    private final StableOffset stable = new StableOffset();
    private final Progress progress;
    private final int newestEpochBefore;
    private final Optional<OffsetAndMetadata> taken;
    private ReadMark mark;
    private Optional<OffsetAndMetadata> unmarked = Optional.empty();
    private FinishedOffsets finishedBefore;
    private Optional<TopicIdentity> topic;
    private boolean topicChanged;
    private OptionalLong passed;
    private OptionalLong acknowledged;
    private boolean hasBegun;
    private OptionalLong lastTimestamp = OptionalLong.empty();
    private long bytesInFlight;
    private @Nullable OffsetAndMetadata committed;
    private Optional<Pause> pause = Optional.empty();
    private Optional<Pause> unreadable = Optional.empty();
    private Instant readAgainAt = Instant.MAX;
    private volatile boolean current = true;
    private volatile BooleanSupplier starts = () -> true;

    AssignedPartition(TopicPartition topicPartition, Takeover takeover, Instant now) {
        this.topicPartition = topicPartition;
        this.passed = takeover.committed();
        this.acknowledged = takeover.committed();
        this.topic = takeover.topic();
        this.taken = takeover.commit();
        this.mark = ReadMark.in(
                taken.map(OffsetAndMetadata::metadata).orElse(""),
                Runtime.getRuntime().maxMemory());
        this.finishedBefore = takeover.finished().finished();
        this.newestEpochBefore = takeover.finished().newestEpoch();
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

    /** Takes a record on. False if a former owner had finished it: then nothing is to be done. */
    boolean begin(SourceRecord record, int leaderEpoch, Instant now) {
        long offset = record.position().offset();
        long timestamp = record.timestamp().toEpochMilli();
        noticeGap(offset, now);
        boolean replaced = leaderEpoch > newestEpochBefore;
        if (replaced || (!hasBegun && !finishedBefore.isConfirmedBy(offset, timestamp))) {
            finishedBefore = FinishedOffsets.NONE;
        }
        hasBegun = true;
        lastTimestamp = OptionalLong.of(timestamp);
        passed = OptionalLong.of(offset + 1);
        offsets.begin(offset, timestamp, leaderEpoch, now);
        if (finishedBefore.contains(offset)) {
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

    FlowControl.Load load() {
        return new FlowControl.Load(offsets.inFlight(), bytesInFlight, offsets.window());
    }

    int inFlight() {
        return offsets.inFlight();
    }

    /**
     * What is worth a commit: there is something, Kafka does not have it yet, and it does not say less than Kafka has. While records
     * that a former owner had finished lie ahead and have not been read again, and no record is at hand that could vouch for them,
     * its commit stays.
     *
     * @param mostMetadata characters that say what is finished beyond the offset
     */
    Optional<OffsetAndMetadata> toCommit(int mostMetadata) {
        OptionalLong committable = offsets.committable();
        if (committable.isEmpty() || saysLess(committable.getAsLong())) {
            return unmarked.filter(clean -> mark.isProven() && !clean.equals(committed));
        }
        String metadata = topic.map(identity -> identity.seal(offsets, finishedBefore, mostMetadata - ReadMark.LONGEST))
                .orElse("");
        OffsetAndMetadata wanted = new OffsetAndMetadata(
                committable.getAsLong(),
                committableEpoch(),
                mostMetadata > 0 ? mark.markWhileOpen(metadata) : metadata);
        return wanted.equals(committed) ? Optional.empty() : Optional.of(wanted);
    }

    ReadMark mark() {
        return mark;
    }

    void mark(ReadMark other) {
        mark = other;
    }

    /** What Kafka has, or would have, with the mark that reading begins from this position. */
    OffsetAndMetadata marked(long position) {
        OffsetAndMetadata clean = taken.filter(commit -> commit.offset() == position)
                .map(commit ->
                        new OffsetAndMetadata(position, commit.leaderEpoch(), ReadMark.without(commit.metadata())))
                .orElseGet(() -> new OffsetAndMetadata(position));
        unmarked = Optional.of(clean);
        return new OffsetAndMetadata(position, clean.leaderEpoch(), mark.mark(clean.metadata()));
    }

    private Optional<Integer> committableEpoch() {
        int epoch = offsets.committableEpoch();
        return epoch == OffsetTracker.NO_EPOCH ? Optional.empty() : Optional.of(epoch);
    }

    private boolean saysLess(long committable) {
        return hasBegun && offsets.window() == 0 && finishedBefore.reaches(committable);
    }

    /** Kafka has acknowledged the commit. */
    void committed(OffsetAndMetadata offset) {
        committed = offset;
        acknowledged = OptionalLong.of(offset.offset());
        progress.committed();
    }

    /** Whether something is settled that Kafka does not have yet. */
    private boolean owesCommit() {
        OptionalLong committable = offsets.committable();
        return committable.isPresent() && !committable.equals(acknowledged) && !saysLess(committable.getAsLong());
    }

    /**
     * What retention has taken, as far as the brokers have said so by now.
     *
     * @param toStart whether a consumer whose position is gone continues at the start of the log
     */
    List<OffsetGaps.Gap> lost(Observation seen, boolean toStart, Instant now) {
        seen.position().ifPresent(position -> noticeGap(position, now));
        return seen.bounds()
                .map(bounds -> gaps.lost(bounds, seen.askedAt(), toStart))
                .orElse(List.of());
    }

    /**
     * How the partition fares.
     *
     * @param wall by which records are as old as their time stamps say
     */
    PartitionStatus status(Observation seen, Instant now, Instant wall) {
        identify(seen.topic());
        OptionalLong lag = lag(seen);
        if (mark.isOpen() && seen.unread().orElse(1) == 0) {
            mark.prove();
        }
        if (!mark.mayRead() && seen.bounds().filter(this::startsBehind).isPresent()) {
            mark = mark.forgiven();
            unreadable = Optional.empty();
        }
        boolean idle = offsets.inFlight() == 0 && lag.orElse(pause.isPresent() ? 1 : 0) == 0 && !owesCommit();
        OptionalLong frontier = offsets.committable();
        PartitionStatus status = new PartitionStatus(
                topicPartition.topic(),
                topicPartition.partition(),
                acknowledged,
                lag,
                offsets.inFlight(),
                offsets.window(),
                offsets.oldestBegan(),
                offsets.oldestBegan().map(began -> Duration.between(began, now)).orElse(Duration.ZERO),
                seen.oldest()
                        .filter(found ->
                                frontier.isPresent() && found.position().offset() == frontier.getAsLong()),
                progress.standsStillSince(acknowledged, idle, now),
                progress.uncommittedSince(owesCommit(), now),
                seen.bounds().flatMap(bounds -> stable.observe(bounds, seen.askedAt(), now)),
                RetentionOutlook.of(seen.retention(), oldestTimestamp(lag), wall),
                pause);
        progress.watch(status, now);
        return status;
    }

    /** Whether what would be read next has been deleted. */
    private boolean startsBehind(LogBounds bounds) {
        return acknowledged.isPresent() && acknowledged.getAsLong() < bounds.start();
    }

    /** The offset that Kafka has acknowledged. */
    OptionalLong acknowledged() {
        return acknowledged;
    }

    boolean isHeadBlocked() {
        return progress.isHeadBlocked();
    }

    /** A topic that was created anew while it was read is not identified any more: nobody knows which records are whose. */
    private void identify(Optional<TopicIdentity> seen) {
        if (seen.isPresent() && topic.isPresent() && !seen.equals(topic)) {
            topicChanged = true;
            finishedBefore = FinishedOffsets.NONE;
        }
        topic = topicChanged ? Optional.empty() : topic.or(() -> seen);
    }

    /** The records that the last stable offset hides are behind, too. */
    private OptionalLong lag(Observation seen) {
        OptionalLong next = offsets.next();
        long known = next.isPresent() && seen.unread().isPresent()
                ? next.getAsLong() + seen.unread().getAsLong()
                : -1;
        long end = Math.max(known, seen.bounds().map(LogBounds::highWatermark).orElse(-1L));
        OptionalLong from = offsets.committable().isPresent() ? offsets.committable() : passed;
        return end >= 0 && from.isPresent() ? OptionalLong.of(Math.max(0, end - from.getAsLong())) : seen.unread();
    }

    /** The time stamp of the oldest record that is not finished; a lower bound where that one has not been read yet. */
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

    /** The same, and it is left alone for so long. */
    void unreadable(String reason, Instant now, Duration readAgainAfter) {
        Pause why = new Pause(PauseReason.UNREADABLE, reason);
        progress.unreadable(why, offsets.next().isPresent() ? offsets.next() : passed);
        unreadable = Optional.of(why);
        readAgainAt = now.plus(readAgainAfter);
    }

    /** Whether it is time to try to read it again: a broker may have been repaired, or another replica may lead. */
    boolean isToBeReadAgain(Instant now) {
        return unreadable.isPresent() && !now.isBefore(readAgainAt);
    }

    /** It is to be tried. Whether it can be read shows then. */
    void readable() {
        unreadable = Optional.empty();
    }

    Optional<Pause> pause() {
        return pause;
    }

    void pause(Optional<Pause> reason) {
        pause = reason;
    }
}

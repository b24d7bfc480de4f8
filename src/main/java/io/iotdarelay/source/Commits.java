package io.iotdarelay.source;

import io.iotdarelay.settle.FinishedOffsets;
import io.iotdarelay.settle.OffsetTracker;
import io.iotdarelay.settle.TopicIdentity;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka has stored about a partition's progress, and what it should store: an offset, what is finished beyond it, and a
 * marker right after reading began. Belongs to the poll thread.
 */
final class Commits {

    private final OffsetTracker offsets;
    private final Optional<OffsetAndMetadata> taken;
    private final int newestEpochBefore;
    private FinishedOffsets finishedBefore;
    private Optional<TopicIdentity> topic;
    private boolean topicChanged;
    private boolean hasBegun;
    private OptionalLong acknowledged;
    private @Nullable OffsetAndMetadata committed;
    private ReadMark mark;
    private Optional<OffsetAndMetadata> unmarked = Optional.empty();

    /** What the group shares by partitions, if this commit carries it; passed on from one owner to the next. */
    private String table;

    /** Follows the commit that the group had when the partition was assigned. */
    Commits(OffsetTracker offsets, Takeover takeover) {
        this.offsets = offsets;
        this.taken = takeover.commit();
        this.acknowledged = takeover.committed();
        this.topic = takeover.topic();
        this.finishedBefore = takeover.finished().finished();
        this.newestEpochBefore = takeover.finished().newestEpoch();
        String metadata = taken.map(OffsetAndMetadata::metadata).orElse("");
        this.mark = ReadMark.in(metadata, Runtime.getRuntime().maxMemory());
        this.table = ShareTable.in(metadata);
    }

    /** A record is read. The first one shows whether a previous owner's finished offsets are valid. */
    void begin(long offset, long timestamp, int leaderEpoch) {
        boolean replaced = leaderEpoch > newestEpochBefore;
        if (replaced || (!hasBegun && !finishedBefore.isConfirmedBy(offset, timestamp))) {
            finishedBefore = FinishedOffsets.NONE;
        }
        hasBegun = true;
    }

    /** Whether a previous owner had finished it. */
    boolean hadFinished(long offset) {
        return finishedBefore.contains(offset);
    }

    /**
     * What to commit: something that Kafka does not have yet, and not less than what it has. While records that a previous owner had
     * finished lie ahead and have not been read again, and no record has been read that could confirm them, its commit is kept.
     *
     * @param mostMetadata the maximum number of characters for finished offsets beyond the committed one
     */
    Optional<OffsetAndMetadata> due(int mostMetadata) {
        OptionalLong committable = offsets.committable();
        boolean fits = mostMetadata > 0 || (mostMetadata == 0 && table.length() <= ShareTable.SHORTEST);
        String carried = fits ? table : "";
        if (committable.isEmpty() || saysLess(committable.getAsLong())) {
            return unmarked.filter(clean -> mark.isProven() || isNews(carried))
                    .map(clean -> with(
                            clean,
                            mark.markWhileUnproven(
                                    clean.metadata() + (hasRoom(clean, carried, mostMetadata) ? carried : ""))))
                    .filter(wanted -> !wanted.equals(committed));
        }
        String metadata = topic.map(identity -> identity.seal(
                                offsets, finishedBefore, mostMetadata - ReadMark.LONGEST - carried.length()))
                        .orElse("")
                + carried;
        OffsetAndMetadata wanted = new OffsetAndMetadata(
                committable.getAsLong(),
                committableEpoch(),
                mostMetadata > 0 ? mark.markWhileUnproven(metadata) : metadata);
        return wanted.equals(committed) ? Optional.empty() : Optional.of(wanted);
    }

    /** What is finished is not given up for a table: it would be repeated after a crash. */
    private static boolean hasRoom(OffsetAndMetadata clean, String carried, int mostMetadata) {
        return mostMetadata <= 0 || clean.metadata().length() + carried.length() + ReadMark.LONGEST <= mostMetadata;
    }

    private static OffsetAndMetadata with(OffsetAndMetadata commit, String metadata) {
        return new OffsetAndMetadata(commit.offset(), commit.leaderEpoch(), metadata);
    }

    /** Whether Kafka has another table than this one. */
    private boolean isNews(String carried) {
        return committed != null && !ShareTable.in(committed.metadata()).equals(carried);
    }

    /** The table that the commit carries; empty if there is none. */
    String table() {
        return table;
    }

    /** Another table from the next commit on. */
    void table(String text) {
        table = text;
    }

    private Optional<Integer> committableEpoch() {
        int epoch = offsets.committableEpoch();
        return epoch == OffsetTracker.NO_EPOCH ? Optional.empty() : Optional.of(epoch);
    }

    private boolean saysLess(long committable) {
        return hasBegun && offsets.window() == 0 && finishedBefore.reaches(committable);
    }

    /** Kafka has acknowledged it. */
    void committed(OffsetAndMetadata offset) {
        committed = offset;
        acknowledged = OptionalLong.of(offset.offset());
        if (!ReadMark.isIn(offset.metadata())) {
            mark.removed();
        }
    }

    /** The offset that Kafka has acknowledged. */
    OptionalLong acknowledged() {
        return acknowledged;
    }

    /** Whether something is settled that Kafka does not have yet. */
    boolean isDue() {
        OptionalLong committable = offsets.committable();
        return committable.isPresent() && !committable.equals(acknowledged) && !saysLess(committable.getAsLong());
    }

    /** A topic that was recreated while it was read is no longer identified: which records belong to which is unknown. */
    void identify(Optional<TopicIdentity> seen) {
        if (seen.isPresent() && topic.isPresent() && !seen.equals(topic)) {
            topicChanged = true;
            finishedBefore = FinishedOffsets.NONE;
        }
        topic = topicChanged ? Optional.empty() : topic.or(() -> seen);
    }

    /** Whether reading might crash the process. */
    ReadMark mark() {
        return mark;
    }

    /** The mark was written by this process, which is alive. */
    void countOneDeathLess() {
        mark = mark.oneLess();
    }

    /** Whether what would be read next has been deleted. */
    boolean isDeleted(LogBounds bounds) {
        return acknowledged.isPresent() && acknowledged.getAsLong() < bounds.start();
    }

    /** What crashed other processes will not be read. Returns whether the partition was waiting because of it. */
    boolean forgive() {
        boolean waited = !mark.mayRead();
        mark = waited ? mark.forgiven() : mark;
        return waited;
    }

    /** What Kafka has, or would have, with the mark that reading begins from this position. */
    OffsetAndMetadata marked(long position) {
        OffsetAndMetadata clean = taken.filter(commit -> commit.offset() == position)
                .map(commit -> with(commit, ShareTable.without(ReadMark.without(commit.metadata()))))
                .orElseGet(() -> new OffsetAndMetadata(position));
        unmarked = Optional.of(clean);
        return with(clean, mark.mark(clean.metadata() + table));
    }
}

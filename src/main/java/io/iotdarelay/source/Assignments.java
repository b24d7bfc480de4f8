package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of this instance. A revoked one is drained, committed and given up; a lost one is given up at once, because
 * it may have another owner already. Belongs to the poll thread, on which Kafka calls back.
 */
final class Assignments implements ConsumerRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(Assignments.class);

    /** How long a drain sleeps at most before it checks the time. */
    private static final Duration DRAIN_STEP = Duration.ofMillis(50);

    private final RecordHandler handler;
    private final Committer committer;
    private final ReadMarks marks;
    private final Optional<GroupShares> shares;
    private final LoopTime time;
    private final Map<TopicPartition, AssignedPartition> partitions = new LinkedHashMap<>();
    private boolean answered;

    Assignments(
            RecordHandler handler, Committer committer, ReadMarks marks, Optional<GroupShares> shares, LoopTime time) {
        this.handler = handler;
        this.committer = committer;
        this.marks = marks;
        this.shares = shares;
        this.time = time;
    }

    Collection<AssignedPartition> all() {
        return partitions.values();
    }

    Set<TopicPartition> topicPartitions() {
        return partitions.keySet();
    }

    @Nullable
    AssignedPartition get(TopicPartition topicPartition) {
        return partitions.get(topicPartition);
    }

    /** Whether the group has ever assigned partitions to this instance, even if none. */
    boolean isAnswered() {
        return answered;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        answered = true;
        Map<TopicPartition, Takeover> takeovers = committer.takeOver(assigned);
        for (TopicPartition topicPartition : assigned) {
            Takeover takeover = takeovers.getOrDefault(topicPartition, Takeover.UNKNOWN);
            AssignedPartition partition = new AssignedPartition(topicPartition, takeover, time.now());
            partitions.put(topicPartition, partition);
            handler.assigned(partition.sourcePartition(), partition);
        }
        marks.assigned(find(assigned), time.now());
        shares.ifPresentOrElse(
                share -> share.assigned(find(assigned), time.now()),
                // What instances shared that were configured otherwise must not come into force again one day.
                () -> find(assigned).forEach(partition -> partition.commits().table("")));
        (assigned.isEmpty() ? log.atDebug() : log.atInfo())
                .addKeyValue("assigned", assigned)
                .addKeyValue("partitions", partitions.size())
                .addKeyValue(
                        "finishedBeyond",
                        takeovers.values().stream()
                                .mapToInt(takeover ->
                                        takeover.finished().finished().size())
                                .sum())
                .log("Partitions were assigned");
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        List<AssignedPartition> leaving = find(revoked);
        if (leaving.isEmpty()) {
            return;
        }
        Instant begin = time.now();
        int inFlight = inFlight(leaving);
        drain(leaving);
        leaving.forEach(partition -> partition.commits().mark().leave());
        boolean committed = committer.commit(leaving);
        int abandoned = inFlight(leaving);
        letGo(leaving);
        log.atInfo()
                .addKeyValue("revoked", revoked)
                .addKeyValue("inFlight", inFlight)
                .addKeyValue("abandoned", abandoned)
                .addKeyValue("committed", committed)
                .addKeyValue("took", Duration.between(begin, time.now()))
                .log("Partitions were revoked");
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
        List<AssignedPartition> leaving = find(lost);
        int abandoned = inFlight(leaving);
        letGo(leaving);
        log.atWarn()
                .addKeyValue("lost", lost)
                .addKeyValue("abandoned", abandoned)
                .log("Partitions were lost; what was in flight may be repeated");
    }

    /** Waits within the time limit for what is in flight of all partitions. */
    void drain() {
        drain(partitions.values());
    }

    /** Forgets all partitions: their consumer no longer exists. */
    void loseAll() {
        if (!partitions.isEmpty()) {
            onPartitionsLost(List.copyOf(partitions.keySet()));
        }
    }

    private void drain(Collection<AssignedPartition> leaving) {
        Instant deadline = time.drainUntil();
        Instant lastStart = deadline.minus(handler.longestRequest());
        handler.leaving(leaving.stream().map(AssignedPartition::sourcePartition).toList());
        leaving.forEach(partition -> partition.startWhile(() -> time.now().isBefore(lastStart)));
        boolean stuck = false;
        while (!stuck && inFlight(leaving) > 0 && time.now().isBefore(deadline)) {
            // Asked first: what had ended by then is settled below, even if nothing more can follow.
            boolean nothingStarts = !time.now().isBefore(lastStart);
            stuck = handler.isStuck() || (nothingStarts && !handler.isBusyForLeaving());
            handler.settle(stuck ? Duration.ZERO : DRAIN_STEP);
            shares.ifPresent(share -> share.turn(committer.mostMetadata(), time.now()));
            time.turned();
        }
    }

    private void letGo(Collection<AssignedPartition> leaving) {
        shares.ifPresent(share -> share.left(leaving, time.now()));
        for (AssignedPartition partition : leaving) {
            partition.end();
            partitions.remove(partition.topicPartition());
            handler.abandoned(partition.topicPartition().topic(), partition.inFlight());
        }
        if (!leaving.isEmpty()) {
            handler.dropLeaving();
        }
    }

    private List<AssignedPartition> find(Collection<TopicPartition> topicPartitions) {
        List<AssignedPartition> found = new ArrayList<>();
        topicPartitions.stream().map(partitions::get).filter(Objects::nonNull).forEach(found::add);
        return found;
    }

    /** With the dead letters that are sent again: their owner alone knows which of them were accepted. */
    private int inFlight(Collection<AssignedPartition> partitions) {
        return partitions.stream()
                .mapToInt(partition -> partition.inFlight() + handler.redriven(partition.sourcePartition()))
                .sum();
    }
}

package io.iotdarelay.source;

import io.iotdarelay.metrics.PartitionMeters;
import io.iotdarelay.settle.OffsetTracker;
import io.iotdarelay.source.SourceStatus.Loss;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * One Kafka consumer, from its subscription until it is closed, and everything that depends on it: partitions, commits,
 * contact with the group. Each turn polls, passes records on, settles, pauses and resumes, and commits. It belongs to the
 * poll thread and does not survive an exception: the caller closes it, which gives up all partitions.
 */
final class ConsumerSession implements AutoCloseable {

    private static final Duration IDLE_POLL = Duration.ofMillis(100);
    private static final Duration PAUSED_WAIT = Duration.ofMillis(20);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    /** Once per this many statuses, of which there is about one a second. */
    private static final int RETRY_EVERY = 5;

    private final Consumer<byte[], byte[]> consumer;
    private final RecordHandler handler;
    private final FlowControl flowControl;
    private final PartitionMeters meters;
    private final Clock wall;
    private final LoopTime time;
    private final ClusterWatch cluster;
    private final Losses losses;
    private final boolean resetsToStart;
    private final Committer committer;
    private final ReadMarks marks;
    private final Optional<GroupShares> shares;
    private final Assignments assignments;
    private final TopicSubscription topics;
    private final Reader reader;
    private final KafkaContact contact;
    private long statuses;

    /**
     * Opens a consumer and owns it.
     *
     * @param sharing whom to tell which part of what the group shares is this instance's, if anybody
     */
    ConsumerSession(
            Consumers consumers,
            ClusterWatch cluster,
            Optional<Sharing.Open> sharing,
            Losses losses,
            Map<TopicPartition, Integer> written,
            Subscription subscription,
            RecordHandler handler,
            SourceProperties properties,
            PartitionMeters meters,
            Clock wall,
            LoopTime time) {
        ReadLimits limits = ReadLimits.of(
                Runtime.getRuntime().maxMemory(), properties.maxInFlightSize().toBytes());
        PollBudget budget = new PollBudget(limits);
        this.consumer = consumers.open(limits, budget);
        this.cluster = cluster;
        this.losses = losses;
        this.resetsToStart = consumers.resetsToStart();
        this.handler = handler;
        this.flowControl = new FlowControl(properties.maxInFlightRecords(), limits.inFlight());
        this.meters = meters;
        this.wall = wall;
        this.time = time;
        this.committer = new Committer(consumer, cluster, properties.commitInterval(), time.now());
        this.marks = new ReadMarks(consumer, written);
        this.contact = new KafkaContact(consumer, cluster, time.now());
        this.shares = sharing.map(open -> new GroupShares(
                open.group(),
                () -> consumer.groupMetadata().memberId(),
                contact::sinceHeartbeat,
                consumers.membershipLasts(),
                open.listener()));
        this.assignments = new Assignments(handler, committer, marks, shares, time);
        this.topics = new TopicSubscription(subscription, consumer, assignments);
        this.reader = new Reader(consumer, budget, assignments, topics, time);
    }

    void subscribe() {
        topics.subscribe();
    }

    /** How many partitions are assigned. */
    int partitions() {
        return assignments.all().size();
    }

    /** One turn: poll, begin, settle, pause or resume, commit. */
    void turn() {
        begin(reader.readAgain());
        boolean paused = !consumer.paused().isEmpty();
        begin(reader.poll(paused ? Duration.ZERO : IDLE_POLL));
        handler.settle(paused ? PAUSED_WAIT : Duration.ZERO);
        marks.admit(wanted(), time.now());
        shares.ifPresent(share -> share.turn(committer.mostMetadata(), time.now()));
        pauseAndResume();
        committer.commitIfDue(assignments.all(), time.now());
    }

    /** Partitions that an operator has paused are not marked as being read before they are. */
    private List<AssignedPartition> wanted() {
        return assignments.all().stream()
                .filter(partition -> partition.commits().mark().mayRead()
                        || handler.obstacle(partition.sourcePartition())
                                .filter(Pause::isOrdered)
                                .isEmpty())
                .toList();
    }

    /** Drains and commits. During a rebalance, Kafka accepts the commit only afterwards. */
    void leave() {
        assignments.drain();
        Instant giveUp = time.now().plus(CLOSE_TIMEOUT);
        while (!committer.commit(assignments.all()) && time.now().isBefore(giveUp)) {
            consumer.pause(consumer.assignment());
            // Records of partitions that are assigned now are no longer begun, so none of them is committed.
            ConsumerRecords<byte[], byte[]> unused = reader.poll(IDLE_POLL);
            time.turned();
        }
        assignments.onPartitionsRevoked(List.copyOf(consumer.assignment()));
    }

    @Override
    public void close() {
        time.turned();
        try {
            consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        } finally {
            assignments.loseAll();
        }
    }

    /** Looks at each partition, and asks for what is overdue to be done sooner. */
    SourceStatus status() {
        statuses++;
        Instant now = time.now();
        ClusterView view = cluster.view(assignments.topicPartitions(), now);
        Map<SourcePartition, Whereabouts> oldest = handler.oldest();
        List<PartitionStatus> partitions = new ArrayList<>();
        for (AssignedPartition partition : assignments.all()) {
            Observation seen = observe(partition, view, Optional.ofNullable(oldest.get(partition.sourcePartition())));
            report(partition, partition.lost(seen, resetsToStart, now));
            boolean wasBlocked = partition.isHeadBlocked();
            PartitionStatus status = partition.status(seen, now, wall.instant());
            partitions.add(status);
            if (isHeldUp(partition, status)) {
                handler.unblock(partition.sourcePartition());
            }
            if (partition.isHeadBlocked()) {
                if (!wasBlocked) {
                    meters.headBlocked();
                }
                if (statuses % RETRY_EVERY == 0) {
                    handler.retryNow(partition.sourcePartition());
                }
            }
        }
        Optional<String> silence = contact.trouble(assignments.isAnswered(), now);
        List<String> troubles = new ArrayList<>();
        silence.ifPresent(troubles::add);
        if (silence.isEmpty()) {
            troubles.addAll(topics.review(cluster.topics(topics.questionable(), topics.needsNames(), now)));
        }
        committing(partitions).ifPresent(troubles::add);
        shares.flatMap(share -> share.trouble(now)).ifPresent(troubles::add);
        return new SourceStatus(
                assignments.isAnswered() && silence.isEmpty(), SourceStatus.together(troubles), partitions);
    }

    /** Whether so much waits for the oldest record that nothing more can be read. Reports use up their share for moments, too. */
    private static boolean isHeldUp(AssignedPartition partition, PartitionStatus status) {
        PauseReason reason = partition.pause().map(Pause::reason).orElse(null);
        return reason == PauseReason.HEAD_OF_LINE || (reason == PauseReason.REPORTS && status.isStagnant());
    }

    private Observation observe(AssignedPartition partition, ClusterView view, Optional<Whereabouts> oldest) {
        TopicPartition topicPartition = partition.topicPartition();
        return Observation.of(
                view, topicPartition, consumer.currentLag(topicPartition), reader.position(topicPartition), oldest);
    }

    private void report(AssignedPartition partition, List<OffsetGaps.Gap> lost) {
        for (OffsetGaps.Gap gap : lost) {
            TopicPartition of = partition.topicPartition();
            losses.add(new Loss(of.topic(), of.partition(), gap.from(), gap.to(), gap.seenAt()));
            meters.lost(of.topic(), gap.width());
        }
    }

    /** Why nothing is committed, if that has lasted for long. */
    private Optional<String> committing(List<PartitionStatus> partitions) {
        return partitions.stream()
                .filter(PartitionStatus::isUncommitted)
                .map(PartitionStatus::uncommitted)
                .max(Comparator.naturalOrder())
                .map(age -> "offsets have not been committed for " + age.toSeconds() + " s"
                        + committer.failure().map(why -> ": " + why).orElse(""));
    }

    private void begin(ConsumerRecords<byte[], byte[]> records) {
        Instant now = time.now();
        for (TopicPartition topicPartition : records.partitions()) {
            AssignedPartition partition = assignments.get(topicPartition);
            if (partition == null) {
                throw new IllegalStateException(
                        "Kafka returned records of " + topicPartition + ", which is not assigned");
            }
            for (ConsumerRecord<byte[], byte[]> consumed : records.records(topicPartition)) {
                SourceRecord record = ConsumedRecord.of(consumed, wall);
                int epoch = consumed.leaderEpoch().orElse(OffsetTracker.NO_EPOCH);
                if (partition.begin(record, epoch, now)) {
                    handler.begin(partition, record);
                } else {
                    handler.finishedBefore(
                            partition.sourcePartition(), record.position().offset());
                    meters.replayAvoided();
                }
            }
        }
        records.nextOffsets().forEach((topicPartition, next) -> {
            AssignedPartition partition = assignments.get(topicPartition);
            if (partition != null) {
                partition.skipTo(next.offset(), next.leaderEpoch().orElse(OffsetTracker.NO_EPOCH), now);
            }
        });
        handler.flush();
    }

    private Optional<Pause> pause(AssignedPartition partition, FlowControl.Load all) {
        Optional<Pause> obstacle = handler.obstacle(partition.sourcePartition());
        return obstacle.filter(Pause::isOrdered)
                .or(partition::unreadable)
                .or(() -> ReadMarks.reasonToWait(partition))
                .or(() -> obstacle)
                .or(() -> flowControl
                        .reasonToPause(partition.load(), all, partition.pause().isPresent())
                        .map(Pause::of));
    }

    private void pauseAndResume() {
        FlowControl.Load all = FlowControl.Load.NONE;
        for (AssignedPartition partition : assignments.all()) {
            all = all.plus(partition.load());
        }
        Set<TopicPartition> toPause = new HashSet<>();
        for (AssignedPartition partition : assignments.all()) {
            Optional<Pause> pause = pause(partition, all);
            partition.pause(pause);
            if (pause.isPresent() || !partition.commits().mark().mayRead()) {
                toPause.add(partition.topicPartition());
            }
        }
        if (reader.holdsRecord()) {
            forgetFetched(toPause);
        }
        Set<TopicPartition> paused = consumer.paused();
        List<TopicPartition> toResume = assignments.all().stream()
                .map(AssignedPartition::topicPartition)
                .filter(partition -> paused.contains(partition) && !toPause.contains(partition))
                .toList();
        toPause.removeAll(paused);
        if (!toPause.isEmpty()) {
            consumer.pause(toPause);
        }
        if (!toResume.isEmpty()) {
            consumer.resume(toResume);
        }
    }

    /** A record that the consumer holds while its partition is paused would occupy memory that is not counted. */
    private void forgetFetched(Set<TopicPartition> toPause) {
        Set<TopicPartition> before = Set.copyOf(consumer.paused());
        toPause.stream()
                .filter(partition -> !before.contains(partition))
                .map(assignments::get)
                .filter(Objects::nonNull)
                .toList()
                .forEach(partition -> begin(reader.fetchAnew(partition)));
    }
}

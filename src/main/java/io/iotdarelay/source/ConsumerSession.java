package io.iotdarelay.source;

import io.iotdarelay.metrics.PartitionMeters;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka consumer, from its subscription until it is closed, and everything that depends on it: partitions, commits, contact
 * with the group. Each turn polls, hands records on, settles, pauses and resumes, and commits. It belongs to the poll thread and
 * does not survive an exception: whoever gets one closes it, which lets all partitions go.
 */
final class ConsumerSession implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ConsumerSession.class);

    private static final Duration IDLE_POLL = Duration.ofMillis(100);
    private static final Duration PAUSED_WAIT = Duration.ofMillis(20);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ENDS_TIMEOUT = Duration.ofMillis(500);

    /** What happens once in a number of statuses, of which there is about one a second. */
    private static final int ASK_FOR_ENDS_EVERY = 10;

    private static final int HURRY_EVERY = 5;

    private final Consumer<byte[], byte[]> consumer;
    private final Subscription subscription;
    private final RecordHandler handler;
    private final FlowControl flowControl;
    private final PartitionMeters meters;
    private final Clock wall;
    private final LoopTime time;
    private final Committer committer;
    private final Assignments assignments;
    private final KafkaContact contact;
    private long statuses;

    /** Owns the consumer from now on. */
    ConsumerSession(
            Consumer<byte[], byte[]> consumer,
            Subscription subscription,
            RecordHandler handler,
            SourceProperties properties,
            PartitionMeters meters,
            Clock wall,
            LoopTime time) {
        this.consumer = consumer;
        this.subscription = subscription;
        this.handler = handler;
        this.flowControl = new FlowControl(
                properties.maxInFlightRecords(), properties.maxInFlightSize().toBytes());
        this.meters = meters;
        this.wall = wall;
        this.time = time;
        this.committer = new Committer(consumer, properties.commitInterval(), time.now());
        this.assignments = new Assignments(handler, committer, time);
        this.contact = new KafkaContact(consumer, time.now());
    }

    void subscribe() {
        subscription.subscribe(consumer, assignments);
    }

    /** How many partitions are assigned. */
    int partitions() {
        return assignments.all().size();
    }

    /** One turn: poll, begin, settle, pause or resume, commit. */
    void turn() {
        boolean paused = !consumer.paused().isEmpty();
        begin(consumer.poll(paused ? Duration.ZERO : IDLE_POLL));
        handler.settle(paused ? PAUSED_WAIT : Duration.ZERO);
        pauseAndResume();
        committer.commitIfDue(assignments.all(), time.now());
    }

    /** Drains and commits. If a rebalance is going on, Kafka accepts the commit only after it. */
    void leave() {
        assignments.drain();
        Instant giveUp = time.now().plus(CLOSE_TIMEOUT);
        while (!committer.commit(assignments.all()) && time.now().isBefore(giveUp)) {
            consumer.pause(consumer.assignment());
            // Records of a partition that is assigned at this moment are not begun any more, so none of them is
            // committed.
            ConsumerRecords<byte[], byte[]> unused = consumer.poll(IDLE_POLL);
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
        if (statuses % ASK_FOR_ENDS_EVERY == 0) {
            askForEnds();
        }
        Instant now = time.now();
        Map<SourcePartition, Whereabouts> oldest = handler.oldest();
        List<PartitionStatus> partitions = new ArrayList<>();
        for (AssignedPartition partition : assignments.all()) {
            boolean wasBlocked = partition.isHeadBlocked();
            partitions.add(partition.status(
                    consumer.currentLag(partition.topicPartition()), oldest.get(partition.sourcePartition()), now));
            if (partition.isHeadBlocked()) {
                if (!wasBlocked) {
                    meters.headBlocked();
                }
                if (statuses % HURRY_EVERY == 0) {
                    handler.hurry(partition.sourcePartition());
                }
            }
        }
        Optional<String> trouble = contact.trouble(assignments.isAnswered(), now);
        return new SourceStatus(assignments.isAnswered() && trouble.isEmpty(), trouble, partitions);
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
                if (partition.begin(record, now)) {
                    handler.begin(partition, record);
                } else {
                    meters.replayAvoided();
                }
            }
        }
        records.nextOffsets().forEach((topicPartition, next) -> {
            AssignedPartition partition = assignments.get(topicPartition);
            if (partition != null) {
                partition.skipTo(next.offset());
            }
        });
        handler.flush();
    }

    private void pauseAndResume() {
        FlowControl.Load all = assignments.all().stream()
                .map(AssignedPartition::load)
                .reduce(FlowControl.Load.NONE, FlowControl.Load::plus);
        Set<TopicPartition> toPause = new HashSet<>();
        for (AssignedPartition partition : assignments.all()) {
            Optional<Pause> pause = handler.obstacle(partition.sourcePartition())
                    .or(() -> flowControl
                            .reasonToPause(
                                    partition.load(), all, partition.pause().isPresent())
                            .map(Pause::of));
            partition.pause(pause);
            if (pause.isPresent()) {
                toPause.add(partition.topicPartition());
            }
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

    /** A partition that is paused is not fetched, so the consumer does not know how much arrives in it. */
    private void askForEnds() {
        Set<TopicPartition> paused = consumer.paused();
        if (paused.isEmpty()) {
            return;
        }
        try {
            consumer.endOffsets(paused, ENDS_TIMEOUT).forEach((topicPartition, end) -> {
                AssignedPartition partition = assignments.get(topicPartition);
                if (partition != null) {
                    partition.end(end);
                }
            });
        } catch (KafkaException e) {
            log.atDebug().addKeyValue("reason", e.toString()).log("The end offsets of paused partitions are not known");
        }
    }
}

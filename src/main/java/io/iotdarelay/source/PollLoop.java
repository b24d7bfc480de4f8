package io.iotdarelay.source;

import io.iotdarelay.metrics.PartitionMeters;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls, hands records on, settles, pauses and resumes, commits; on one thread, until it is told to stop. Then it takes
 * nothing new, waits within the drain timeout for what is in flight, commits, and leaves the group.
 *
 * <p>A consumer that fails is closed and made anew after a while, by whatever exception it failed: nothing of what Kafka can do
 * ends the loop, nor does a defect of ours that closing the consumer undoes.
 */
public final class PollLoop implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(PollLoop.class);

    private static final Duration IDLE_POLL = Duration.ofMillis(100);
    private static final Duration START_CHECK = Duration.ofMillis(20);
    private static final Duration PAUSED_WAIT = Duration.ofMillis(20);
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(1);
    private static final Duration FIRST_RESTART = Duration.ofSeconds(1);
    private static final Duration LAST_RESTART = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    /** What happens once in a number of status intervals. */
    private static final int ASK_FOR_ENDS_EVERY = 10;

    private static final int HURRY_EVERY = 5;
    private static final Duration ENDS_TIMEOUT = Duration.ofMillis(500);

    private final Consumers consumers;
    private final Subscription subscription;
    private final RecordHandler handler;
    private final SourceProperties properties;
    private final FlowControl flowControl;
    private final Supplier<Optional<String>> startWaitsFor;
    private final PartitionMeters meters;
    private final Clock wall;
    private final LoopTime time;

    private volatile SourceStatus status = new SourceStatus(false, Optional.empty(), List.of());
    private Instant shownAt;
    private long shown;

    /**
     * A loop that does nothing until it is run.
     *
     * @param startWaitsFor what must be there before the group is joined and is not yet; asked until it says nothing
     * @param wall tells the time stamp of records that Kafka has none of
     * @param steady never jumps
     */
    public PollLoop(
            Consumers consumers,
            Subscription subscription,
            RecordHandler handler,
            SourceProperties properties,
            Supplier<Optional<String>> startWaitsFor,
            PartitionMeters meters,
            Clock wall,
            InstantSource steady) {
        this.consumers = consumers;
        this.subscription = subscription;
        this.handler = handler;
        this.properties = properties;
        this.flowControl = new FlowControl(
                properties.maxInFlightRecords(), properties.maxInFlightSize().toBytes());
        this.startWaitsFor = startWaitsFor;
        this.meters = meters;
        this.wall = wall;
        this.time = new LoopTime(steady, properties.drainTimeout());
        this.shownAt = steady.instant();
    }

    /** Any thread. */
    public SourceStatus status() {
        return status;
    }

    /** For how long the loop has not turned. Any thread. */
    public Duration silence() {
        return time.silence();
    }

    /** Tells the loop to end. Returns at once; the thread ends when the loop has drained. A poll is never long. */
    public void stop() {
        time.stop();
    }

    @Override
    public void run() {
        Duration restart = FIRST_RESTART;
        while (!time.isStopping()) {
            Optional<String> missing = startWaitsFor.get();
            if (missing.isPresent()) {
                report(missing);
                rest(START_CHECK);
                continue;
            }
            Instant began = time.now();
            try {
                consume();
            } catch (RuntimeException e) {
                if (time.now().isAfter(began.plus(LAST_RESTART))) {
                    restart = FIRST_RESTART;
                }
                tell(e, restart);
                report(Optional.of(e.toString()));
                rest(restart);
                restart = min(restart.multipliedBy(2), LAST_RESTART);
            }
        }
        report(Optional.of("stopped"));
    }

    /** The first time with its stack trace; while it goes on, once more now and then. */
    private void tell(RuntimeException failure, Duration restart) {
        boolean news = !status.trouble().equals(Optional.of(failure.toString()));
        (news ? log.atError().setCause(failure) : log.atDebug())
                .addKeyValue("reason", failure.toString())
                .log(
                        "The Kafka consumer failed; a new one is made in {} s, and again until one works",
                        restart.toSeconds());
    }

    private void consume() {
        Consumer<byte[], byte[]> consumer = consumers.open();
        Committer committer = new Committer(consumer, properties.commitInterval(), time.now());
        Assignments assignments = new Assignments(handler, committer, time);
        KafkaContact contact = new KafkaContact(consumer, time.now());
        try {
            subscription.subscribe(consumer, assignments);
            while (!time.isStopping()) {
                turn(consumer, assignments, committer, contact);
            }
            leave(consumer, assignments, committer);
        } finally {
            time.turned();
            try {
                consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
            } finally {
                assignments.loseAll();
            }
        }
    }

    /** One turn: poll, begin, settle, pause or resume, commit. */
    private void turn(
            Consumer<byte[], byte[]> consumer, Assignments assignments, Committer committer, KafkaContact contact) {
        boolean paused = !consumer.paused().isEmpty();
        begin(consumer.poll(paused ? Duration.ZERO : IDLE_POLL), assignments);
        handler.settle(paused ? PAUSED_WAIT : Duration.ZERO);
        control(consumer, assignments.all());
        Instant now = time.now();
        committer.commitIfDue(assignments.all(), now);
        time.turned();
        if (!now.isBefore(shownAt.plus(STATUS_INTERVAL))
                || status.partitions().size() != assignments.all().size()) {
            shownAt = now;
            look(consumer, assignments, contact);
        }
    }

    /** Drains and commits. The group may just be changing hands, and take the commit only after that. */
    private void leave(Consumer<byte[], byte[]> consumer, Assignments assignments, Committer committer) {
        assignments.drain();
        Instant giveUp = time.now().plus(CLOSE_TIMEOUT);
        while (!committer.commit(assignments.all()) && time.now().isBefore(giveUp)) {
            consumer.pause(consumer.assignment());
            // What a partition brings that comes just now is not begun any more, nor is anything of it committed.
            ConsumerRecords<byte[], byte[]> unused = consumer.poll(IDLE_POLL);
            time.turned();
        }
        assignments.onPartitionsRevoked(List.copyOf(consumer.assignment()));
    }

    private void begin(ConsumerRecords<byte[], byte[]> records, Assignments assignments) {
        Instant now = time.now();
        for (TopicPartition topicPartition : records.partitions()) {
            AssignedPartition partition = assignments.get(topicPartition);
            if (partition == null) {
                throw new IllegalStateException(
                        "Kafka returned records of " + topicPartition + ", which is not assigned");
            }
            for (ConsumerRecord<byte[], byte[]> consumed : records.records(topicPartition)) {
                SourceRecord record = record(consumed);
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

    private void control(Consumer<?, ?> consumer, Collection<AssignedPartition> partitions) {
        FlowControl.Load all =
                partitions.stream().map(AssignedPartition::load).reduce(FlowControl.Load.NONE, FlowControl.Load::plus);
        Set<TopicPartition> toPause = new HashSet<>();
        for (AssignedPartition partition : partitions) {
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
        List<TopicPartition> toResume = partitions.stream()
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

    /** Sees how everything fares, and shows it. */
    private void look(Consumer<?, ?> consumer, Assignments assignments, KafkaContact contact) {
        shown++;
        if (shown % ASK_FOR_ENDS_EVERY == 0) {
            askForEnds(consumer, assignments);
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
                if (shown % HURRY_EVERY == 0) {
                    handler.hurry(partition.sourcePartition());
                }
            }
        }
        Optional<String> trouble = contact.trouble(assignments.isAnswered(), now);
        if (!trouble.equals(status.trouble())) {
            trouble.ifPresent(why -> log.atWarn().addKeyValue("reason", why).log("Kafka does not answer"));
        }
        show(new SourceStatus(assignments.isAnswered() && trouble.isEmpty(), trouble, partitions));
    }

    /** A partition that is paused is not fetched, so the consumer does not know how much comes to it. */
    private void askForEnds(Consumer<?, ?> consumer, Assignments assignments) {
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
            log.atDebug().addKeyValue("reason", e.toString()).log("Kafka does not tell where partitions end");
        }
    }

    private void report(Optional<String> trouble) {
        time.turned();
        show(new SourceStatus(false, trouble, List.of()));
    }

    private void show(SourceStatus now) {
        if (status.trouble().isPresent() && now.joined()) {
            log.atInfo().log("The consumer group is joined; records are read from Kafka");
        }
        status = now;
        meters.show(now.partitions().stream().map(PartitionStatus::reading).toList());
    }

    /** Waits, unless the loop is to stop. */
    private void rest(Duration duration) {
        Instant end = time.now().plus(duration);
        while (!time.isStopping() && time.now().isBefore(end)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private SourceRecord record(ConsumerRecord<byte[], byte[]> consumed) {
        List<RecordHeader> headers = new ArrayList<>();
        for (Header header : consumed.headers()) {
            headers.add(new RecordHeader(header.key(), header.value()));
        }
        return new SourceRecord(
                new RecordPosition(consumed.topic(), consumed.partition(), consumed.offset()),
                consumed.timestamp() < 0 ? wall.instant() : Instant.ofEpochMilli(consumed.timestamp()),
                consumed.key(),
                consumed.value(),
                headers);
    }
}

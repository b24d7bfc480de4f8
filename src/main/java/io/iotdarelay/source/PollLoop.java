package io.iotdarelay.source;

import io.iotdarelay.metrics.PartitionMeters;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
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
    private static final Duration PAUSED_WAIT = Duration.ofMillis(20);
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(1);
    private static final Duration FIRST_RESTART = Duration.ofSeconds(1);
    private static final Duration LAST_RESTART = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Consumers consumers;
    private final Subscription subscription;
    private final RecordHandler handler;
    private final SourceProperties properties;
    private final FlowControl flowControl;
    private final BooleanSupplier mayStart;
    private final PartitionMeters meters;
    private final Clock clock;

    private volatile boolean stopping;
    private volatile SourceStatus status;

    /**
     * A loop that does nothing until it is run.
     *
     * @param mayStart whether records may be taken at all; asked until it says so
     */
    public PollLoop(
            Consumers consumers,
            Subscription subscription,
            RecordHandler handler,
            SourceProperties properties,
            BooleanSupplier mayStart,
            PartitionMeters meters,
            Clock clock) {
        this.consumers = consumers;
        this.subscription = subscription;
        this.handler = handler;
        this.properties = properties;
        this.flowControl = new FlowControl(
                properties.maxInFlightRecords(), properties.maxInFlightSize().toBytes());
        this.mayStart = mayStart;
        this.meters = meters;
        this.clock = clock;
        this.status = new SourceStatus(false, clock.instant(), Optional.empty(), List.of());
    }

    public SourceStatus status() {
        return status;
    }

    /** Tells the loop to end. Returns at once; the thread ends when the loop has drained. A poll is never long. */
    public void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        Duration restart = FIRST_RESTART;
        while (!stopping) {
            if (!mayStart.getAsBoolean()) {
                report(Optional.of("the device directory is not loaded yet"));
                rest(IDLE_POLL);
                continue;
            }
            Instant began = clock.instant();
            try {
                consume();
            } catch (RuntimeException e) {
                if (clock.instant().isAfter(began.plus(LAST_RESTART))) {
                    restart = FIRST_RESTART;
                }
                log.atError()
                        .addKeyValue("reason", e.toString())
                        .setCause(e)
                        .log("The Kafka consumer failed; a new one is made in {} s", restart.toSeconds());
                report(Optional.of(e.toString()));
                rest(restart);
                restart = min(restart.multipliedBy(2), LAST_RESTART);
            }
        }
        report(Optional.of("stopped"));
    }

    private void consume() {
        try (Consumer<byte[], byte[]> consumer = consumers.open()) {
            Committer committer = new Committer(consumer, properties.commitInterval(), clock.instant());
            Assignments assignments = new Assignments(handler, committer, properties.drainTimeout(), clock);
            try {
                subscription.subscribe(consumer, assignments);
                while (!stopping) {
                    turn(consumer, assignments, committer);
                }
            } finally {
                if (stopping) {
                    assignments.onPartitionsRevoked(List.copyOf(consumer.assignment()));
                    consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
                }
                assignments.loseAll();
            }
        }
    }

    /** One turn: poll, begin, settle, pause or resume, commit. */
    private void turn(Consumer<byte[], byte[]> consumer, Assignments assignments, Committer committer) {
        boolean paused = !consumer.paused().isEmpty();
        begin(consumer.poll(paused ? Duration.ZERO : IDLE_POLL), assignments);
        handler.settle(paused ? PAUSED_WAIT : Duration.ZERO);
        control(consumer, assignments.all());
        Instant now = clock.instant();
        committer.commitIfDue(assignments.all(), now);
        if (!now.isBefore(status.turned().plus(STATUS_INTERVAL))
                || status.partitions().size() != assignments.all().size()) {
            show(new SourceStatus(
                    assignments.isAnswered(), now, Optional.empty(), partitions(consumer, assignments, now)));
        }
    }

    private void begin(ConsumerRecords<byte[], byte[]> records, Assignments assignments) {
        Instant now = clock.instant();
        for (TopicPartition topicPartition : records.partitions()) {
            AssignedPartition partition = assignments.get(topicPartition);
            if (partition == null) {
                throw new IllegalStateException(
                        "Kafka returned records of " + topicPartition + ", which is not assigned");
            }
            for (ConsumerRecord<byte[], byte[]> consumed : records.records(topicPartition)) {
                SourceRecord record = record(consumed, now);
                partition.begin(record, now);
                handler.begin(partition, record);
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
        Optional<Pause> obstacle = handler.obstacle();
        Map<SourcePartition, Pause> obstacles = handler.obstacles();
        FlowControl.Load all =
                partitions.stream().map(AssignedPartition::load).reduce(FlowControl.Load.NONE, FlowControl.Load::plus);
        Set<TopicPartition> toPause = new HashSet<>();
        for (AssignedPartition partition : partitions) {
            Optional<Pause> pause = obstacle.or(() -> Optional.ofNullable(obstacles.get(partition.sourcePartition())))
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

    private static List<PartitionStatus> partitions(Consumer<?, ?> consumer, Assignments assignments, Instant now) {
        return assignments.all().stream()
                .map(partition -> partition.status(consumer.currentLag(partition.topicPartition()), now))
                .toList();
    }

    private void report(Optional<String> trouble) {
        show(new SourceStatus(false, clock.instant(), trouble, List.of()));
    }

    private void show(SourceStatus now) {
        status = now;
        meters.show(now.partitions().stream().map(PartitionStatus::reading).toList());
    }

    /** Waits, unless the loop is to stop. */
    private void rest(Duration duration) {
        Instant end = clock.instant().plus(duration);
        while (!stopping && clock.instant().isBefore(end)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static SourceRecord record(ConsumerRecord<byte[], byte[]> consumed, Instant now) {
        List<RecordHeader> headers = new ArrayList<>();
        for (Header header : consumed.headers()) {
            headers.add(new RecordHeader(header.key(), header.value()));
        }
        return new SourceRecord(
                new RecordPosition(consumed.topic(), consumed.partition(), consumed.offset()),
                consumed.timestamp() < 0 ? now : Instant.ofEpochMilli(consumed.timestamp()),
                consumed.key(),
                consumed.value(),
                headers);
    }
}

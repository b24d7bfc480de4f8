package io.iotdarelay.source;

import io.iotdarelay.metrics.PartitionMeters;
import io.iotdarelay.source.SourceStatus.Loss;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one {@link ConsumerSession} after another on one thread, until it is told to stop. Then the session takes nothing new,
 * waits within the drain timeout for what is in flight, commits, and leaves the group.
 *
 * <p>A session that fails is closed and replaced after a backoff, whatever the exception was: nothing that Kafka can do
 * ends the loop, nor does a defect of ours that closing the consumer undoes.
 */
public final class PollLoop implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(PollLoop.class);

    private static final Duration START_CHECK = Duration.ofMillis(20);
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(1);
    private static final Duration FIRST_RESTART = Duration.ofSeconds(1);
    private static final Duration LAST_RESTART = Duration.ofSeconds(30);

    private final Consumers consumers;
    private final Subscription subscription;
    private final RecordHandler handler;
    private final SourceProperties properties;
    private final Supplier<Optional<String>> startWaitsFor;
    private final PartitionMeters meters;
    private final Clock wall;
    private final LoopTime time;
    private final Supplier<ClusterWatch> clusters;
    private final Losses losses;

    /** What the poll thread has written. */
    private final Map<TopicPartition, Integer> readMarks = new HashMap<>();

    private volatile SourceStatus status = new SourceStatus(false, Optional.empty(), List.of());
    private Instant shownAt;

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
        this(
                consumers,
                subscription,
                handler,
                properties,
                startWaitsFor,
                meters,
                wall,
                steady,
                () -> new ClusterWatch(consumers.admin(), new Brokers(consumers.isReadCommitted())));
    }

    /**
     * The same.
     *
     * @param clusters opens what asks the brokers, when the loop begins; the loop closes it
     */
    PollLoop(
            Consumers consumers,
            Subscription subscription,
            RecordHandler handler,
            SourceProperties properties,
            Supplier<Optional<String>> startWaitsFor,
            PartitionMeters meters,
            Clock wall,
            InstantSource steady,
            Supplier<ClusterWatch> clusters) {
        this.consumers = consumers;
        this.subscription = subscription;
        this.handler = handler;
        this.properties = properties;
        this.startWaitsFor = startWaitsFor;
        this.meters = meters;
        this.wall = wall;
        this.time = new LoopTime(steady, properties.drainTimeout());
        this.shownAt = steady.instant();
        this.clusters = clusters;
        this.losses = new Losses(steady);
    }

    /** Any thread. */
    public SourceStatus status() {
        return status;
    }

    /** What retention has taken before it was read, as far as nobody has acknowledged it. Any thread. */
    public List<Loss> losses() {
        return losses.open();
    }

    /**
     * Somebody knows of what a partition has lost. Any thread.
     *
     * @return whether there was anything
     */
    public boolean acknowledgeLosses(String topic, int partition) {
        return losses.acknowledge(topic, partition);
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
        try (ClusterWatch cluster = clusters.get()) {
            supervise(cluster);
        }
        report(Optional.of("stopped"));
    }

    private void supervise(ClusterWatch cluster) {
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
                consume(cluster);
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
    }

    private void consume(ClusterWatch cluster) {
        try (ConsumerSession session = new ConsumerSession(
                consumers, cluster, losses, readMarks, subscription, handler, properties, meters, wall, time)) {
            session.subscribe();
            while (!time.isStopping()) {
                session.turn();
                time.turned();
                Instant now = time.now();
                if (!now.isBefore(shownAt.plus(STATUS_INTERVAL))
                        || status.partitions().size() != session.partitions()) {
                    shownAt = now;
                    show(session.status());
                }
            }
            session.leave();
        }
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

    /** There is no consumer. */
    private void report(Optional<String> trouble) {
        time.turned();
        publish(new SourceStatus(false, trouble, List.of()));
    }

    /** There is one, and this is what it says. */
    private void show(SourceStatus now) {
        if (!now.trouble().equals(status.trouble())) {
            now.trouble()
                    .ifPresent(why -> log.atWarn().addKeyValue("reason", why).log("Kafka does not work as it should"));
        }
        if (status.trouble().isPresent() && now.trouble().isEmpty() && now.joined()) {
            log.atInfo().log("The consumer group is joined; records are read from Kafka");
        }
        publish(now);
    }

    private void publish(SourceStatus now) {
        status = now;
        meters.show(
                now.partitions().stream().map(PartitionStatus::reading).toList(),
                losses.open().stream().map(Loss::reading).toList());
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
}

package io.iotdarelay.source;

import io.iotdarelay.kafka.Reach;
import io.iotdarelay.metrics.PartitionMeters;
import io.iotdarelay.source.SourceStatus.Loss;
import io.iotdarelay.telemetry.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.TopicPartition;

/**
 * Runs one {@link ConsumerSession} after another on one thread, until it is stopped. Then the session takes nothing new,
 * waits within the drain timeout for what is in flight, commits, and leaves the group.
 *
 * <p>A session that fails is closed and replaced after a backoff, whatever the exception was: nothing that Kafka can do ends
 * the loop, nor does a defect of the relay that closing the consumer resets.
 */
public final class PollLoop implements Runnable {

    private static final Duration START_CHECK = Duration.ofMillis(20);
    private static final Duration CHECK_STEP = Duration.ofMillis(2);
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(1);

    /** A session that has lasted this long does not count as a failed attempt. */
    private static final Duration LASTED = Duration.ofSeconds(30);

    private static final Duration CHECK_AGAIN = Duration.ofSeconds(5);

    private final Consumers consumers;
    private final Subscriptions subscriptions;
    private final RecordHandler handler;
    private final SourceProperties properties;
    private final Supplier<Optional<String>> startWaitsFor;
    private final PartitionMeters meters;
    private final Clock wall;
    private final Backoff backoff;
    private final LoopTime time;
    private final Supplier<ClusterWatch> clusters;
    private final Optional<Sharing> sharing;
    private final Losses losses;
    private final TroubleLog troubles = new TroubleLog();

    /** What the poll thread has written. */
    private final Map<TopicPartition, Integer> readMarks = new HashMap<>();

    /** What the last session read. */
    private Subscription subscription = new Subscription(Map.of(), List.of());

    private volatile SourceStatus status = new SourceStatus(false, Optional.empty(), List.of());
    private Instant shownAt;

    /**
     * A loop that is idle until it is run.
     *
     * @param startWaitsFor what is still missing before the group may be joined; polled until it is empty
     * @param wall gives the timestamp for records that have none
     * @param steady the monotonic clock
     * @param backoff before a consumer that failed is replaced
     * @param sharing who is told, on the poll thread, which part this instance may use at what time of what the group shares, from 0 to
     *     1; before that it is nothing. Empty if the group shares nothing
     */
    public PollLoop(
            Consumers consumers,
            Subscriptions subscriptions,
            RecordHandler handler,
            SourceProperties properties,
            Supplier<Optional<String>> startWaitsFor,
            PartitionMeters meters,
            Clock wall,
            InstantSource steady,
            Backoff backoff,
            Optional<Consumer<ToDoubleFunction<Instant>>> sharing) {
        this(
                consumers,
                subscriptions,
                handler,
                properties,
                startWaitsFor,
                meters,
                wall,
                steady,
                backoff,
                sharing,
                () -> new ClusterWatch(
                        consumers.admin(), new Brokers(consumers.isReadCommitted()), consumers.bootstrap()::check));
    }

    /**
     * The same.
     *
     * @param clusters opens the client that queries the brokers, when the loop starts; the loop closes it
     */
    PollLoop(
            Consumers consumers,
            Subscriptions subscriptions,
            RecordHandler handler,
            SourceProperties properties,
            Supplier<Optional<String>> startWaitsFor,
            PartitionMeters meters,
            Clock wall,
            InstantSource steady,
            Backoff backoff,
            Optional<Consumer<ToDoubleFunction<Instant>>> sharing,
            Supplier<ClusterWatch> clusters) {
        this.consumers = consumers;
        this.subscriptions = subscriptions;
        this.handler = handler;
        this.properties = properties;
        this.startWaitsFor = startWaitsFor;
        this.meters = meters;
        this.wall = wall;
        this.backoff = backoff;
        this.time = new LoopTime(steady, properties.drainTimeout());
        this.shownAt = steady.instant();
        this.clusters = clusters;
        this.sharing = sharing.map(Sharing::new);
        this.losses = new Losses(steady);
    }

    /** Callable from any thread. */
    public SourceStatus status() {
        return status;
    }

    /** Records that retention deleted unread, until they are acknowledged. Callable from any thread. */
    public List<Loss> losses() {
        return losses.open();
    }

    /**
     * Acknowledges the losses of a partition. Callable from any thread.
     *
     * @return whether there were any
     */
    public boolean acknowledgeLosses(String topic, int partition) {
        return losses.acknowledge(topic, partition);
    }

    /** Time since the loop's last turn. Callable from any thread. */
    public Duration silence() {
        return time.silence();
    }

    /** Stops the loop. Returns at once; the thread ends when the loop has drained. A poll never takes long. */
    public void stop() {
        time.stop();
    }

    @Override
    public void run() {
        try (ClusterWatch cluster = clusters.get()) {
            if (sharing.isPresent()) {
                try (Sharing.Open open = sharing.get().open(consumers)) {
                    supervise(cluster, Optional.of(open));
                }
            } else {
                supervise(cluster, Optional.empty());
            }
        }
        report(Optional.of("stopped"));
    }

    private void supervise(ClusterWatch cluster, Optional<Sharing.Open> open) {
        int failures = 0;
        while (!time.isStopping()) {
            Optional<String> missing = startWaitsFor.get();
            if (missing.isPresent()) {
                report(missing);
                rest(START_CHECK);
                continue;
            }
            Optional<String> unreachable = unreachable(cluster);
            if (time.isStopping()) {
                return;
            }
            if (unreachable.isPresent()) {
                report(troubles.unreachable(unreachable.get()));
                rest(CHECK_AGAIN);
                continue;
            }
            Instant began = time.now();
            try {
                consume(cluster, open);
            } catch (RuntimeException e) {
                failures = time.now().isAfter(began.plus(LASTED)) ? 1 : failures + 1;
                Duration restart = backoff.after(failures);
                report(troubles.failed(e, subscription.explain(e), restart));
                rest(restart);
            }
        }
    }

    /** Until the loop stops, or something else is to be read. */
    private void consume(ClusterWatch cluster, Optional<Sharing.Open> open) {
        subscription = subscriptions.next();
        try (ConsumerSession session = new ConsumerSession(
                consumers, cluster, open, losses, readMarks, subscription, handler, properties, meters, wall, time)) {
            session.subscribe();
            while (!time.isStopping() && !subscriptions.areOutdated()) {
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

    /** Why a consumer would not work, or would not survive, if so. Waits for the check, unless the loop is stopping. */
    private Optional<String> unreachable(ClusterWatch cluster) {
        CompletableFuture<Reach> check = cluster.reach();
        if (!check.isDone() && !troubles.isShown()) {
            report(Optional.of("checking whether Kafka can be reached"));
        }
        while (!check.isDone() && !time.isStopping()) {
            time.turned();
            LockSupport.parkNanos(CHECK_STEP.toNanos());
        }
        return check.isDone() ? check.resultNow().trouble() : Optional.empty();
    }

    /** There is no consumer. */
    private void report(Optional<String> trouble) {
        time.turned();
        publish(new SourceStatus(false, trouble, List.of()));
    }

    /** There is one, with its status. */
    private void show(SourceStatus now) {
        publish(new SourceStatus(now.joined(), troubles.show(now), now.partitions()));
    }

    private void publish(SourceStatus now) {
        status = now;
        meters.show(
                now.partitions().stream().map(PartitionStatus::reading).toList(),
                losses.open().stream().map(Loss::reading).toList());
    }

    /** Waits, unless the loop is stopping. */
    private void rest(Duration duration) {
        Instant end = time.now().plus(duration);
        while (!time.isStopping() && time.now().isBefore(end)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}

package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.kafka.Reach;
import io.iotdarelay.metrics.PartitionMeters;
import io.iotdarelay.settle.FinishedOffsets;
import io.iotdarelay.settle.OffsetTracker;
import io.iotdarelay.settle.TopicIdentity;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.telemetry.Whereabouts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.Measurable;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** The poll loop on its own thread, with Kafka's own mock of a consumer. */
class PollLoopTest {

    private static final TopicPartition P0 = new TopicPartition("t", 0);
    private static final TopicPartition P1 = new TopicPartition("t", 1);
    private static final ReadLimits LIMITS = ReadLimits.of(1L << 30, 1L << 26);
    private static final long TIMESTAMP = 1_767_225_600_000L;

    private final Clock clock = Clock.systemUTC();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RememberingConsumer consumer = new RememberingConsumer();
    private final Handler handler = new Handler();
    private final AtomicBoolean mayStart = new AtomicBoolean(true);
    private final AtomicInteger opened = new AtomicInteger();
    private volatile Duration ahead = Duration.ZERO;
    private final FakeCluster cluster = new FakeCluster();
    private volatile Reach reach = Reach.WHOLE;
    private volatile Waiting checkWaits = () -> {};
    private final ChangingTopics subscriptions = new ChangingTopics();
    private final PollLoop loop = new PollLoop(
            new Consumers(
                    Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                    (configuration, keys, values) -> open()),
            subscriptions,
            handler,
            new SourceProperties(10, DataSize.ofMegabytes(1), Duration.ofMillis(10), Duration.ofSeconds(5)),
            () -> mayStart.get() ? Optional.empty() : Optional.of("not yet"),
            new PartitionMeters(registry, clock),
            clock,
            () -> clock.instant().plus(ahead),
            Backoff.standard(new Random(1)),
            Optional.empty(),
            () -> new ClusterWatch(new ClusterAdmin(MockAdminClient::new), cluster, this::check));
    private final Thread thread = Thread.ofPlatform().unstarted(loop);

    @AfterEach
    void stop() throws InterruptedException {
        handler.finishAll();
        handler.finishing = true;
        loop.stop();
        thread.join(TimeUnit.SECONDS.toMillis(20));
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void handsRecordsOnAndCommitsWhatIsSettled() {
        start(P0);
        produce(P0, 0, 3);
        await().until(() -> handler.begun.size() == 3);
        await().until(() -> Long.valueOf(0).equals(committed(P0)));

        handler.finish(1);
        handler.finish(0);
        await().until(() -> Long.valueOf(2).equals(committed(P0)));
        handler.finish(2);
        await().until(() -> Long.valueOf(3).equals(committed(P0)));
        assertThat(handler.begun)
                .extracting(record -> record.position().offset())
                .containsExactly(0L, 1L, 2L);
    }

    @Test
    void settlesWhatIsInFlightBeforeItReadsOtherTopics() {
        start(P0);
        produce(P0, 0, 2);
        await().until(() -> handler.begun.size() == 2);

        subscriptions.wanted = Map.of("t", "route");
        await().until(() -> !subscriptions.areOutdated() || opened.get() == 1);
        handler.finish(0);
        handler.finish(1);

        await().until(() -> opened.get() == 2);
        assertThat(Long.valueOf(2)).isEqualTo(committed(P0));
        assertThat(handler.abandoned).containsExactly("t 0");
        assertThat(subscriptions.areOutdated()).isFalse();
    }

    @Test
    void waitsUntilItMayStart() {
        mayStart.set(false);
        start(P0);
        await().until(() -> loop.status().trouble().equals(Optional.of("not yet")));
        assertThat(opened).hasValue(0);

        mayStart.set(true);
        await().until(() -> loop.status().joined());
    }

    @Test
    void opensNoConsumerWhileKafkaCannotBeReached() {
        reach = new Reach(Optional.of("cannot reach Kafka: cannot resolve nowhere.invalid:9092"), List.of());
        mayStart.set(false);
        start(P0);
        mayStart.set(true);
        await().until(() ->
                loop.status().trouble().equals(Optional.of("cannot reach Kafka: cannot resolve nowhere.invalid:9092")));
        assertThat(opened).hasValue(0);

        reach = Reach.WHOLE;
        ahead = Duration.ofSeconds(6);
        await().until(() -> loop.status().joined() && loop.status().trouble().isEmpty());
    }

    @Test
    void endsWhileACheckHangs() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        checkWaits = () -> {
            asked.countDown();
            answer.await();
        };
        mayStart.set(false);
        start(P0);
        mayStart.set(true);
        asked.await();

        loop.stop();
        thread.join(TimeUnit.SECONDS.toMillis(10));

        assertThat(thread.isAlive()).isFalse();
        answer.countDown();
    }

    @Test
    void readsOnWithoutATopicThatMustNotBeRead() {
        start(P0);
        consumer.setPollException(new TopicAuthorizationException(Set.of("u")));
        await().until(() -> loop.status().trouble().equals(Optional.of("not permitted to READ topic u (route other)")));
        assertThat(loop.status().joined()).isTrue();
        assertThat(consumer.subscription()).containsExactly("t");

        cluster.states = Map.of("u", TopicsView.State.READABLE);
        ahead = Duration.ofSeconds(11);
        await().until(() -> loop.status().trouble().isEmpty());
        assertThat(consumer.subscription()).containsExactlyInAnyOrder("t", "u");
        assertThat(opened).hasValue(1);
    }

    @Test
    void namesATopicThatDoesNotExist() {
        cluster.states = Map.of("u", TopicsView.State.ABSENT);
        start(P0);

        ahead = Duration.ofSeconds(6);
        await().until(() -> loop.status().trouble().equals(Optional.of("topic u of route other does not exist")));
        assertThat(loop.status().joined()).isTrue();
    }

    @Test
    void namesWhatIsInTheWayOfAGroupThatDoesNotAnswer() {
        start(P0);
        reach = new Reach(Optional.empty(), List.of("broker 2: cannot resolve nowhere.invalid:9092"));
        consumer.heartbeatSecondsAgo = 16;
        await().until(() -> loop.status()
                .trouble()
                .filter(why -> why.endsWith("; broker 2: cannot resolve nowhere.invalid:9092"))
                .isPresent());

        reach = Reach.WHOLE;
        consumer.heartbeatSecondsAgo = 1;
        await().until(() -> loop.status().joined());
        ahead = Duration.ofSeconds(60);
        consumer.heartbeatSecondsAgo = 16;
        await().until(() -> loop.status()
                .trouble()
                .filter(why -> why.endsWith("for more than 15 s"))
                .isPresent());
    }

    @Test
    void pausesAPartitionThatHasTakenItsShareAndResumesIt() {
        start(P0, P1);
        produce(P0, 0, 8);
        await().until(() -> consumer.paused().equals(Set.of(P0)));
        assertThat(loop.status().partitions()).hasSize(2);
        produce(P1, 0, 1);
        await().until(() -> handler.begun.size() == 9);
        await().until(() -> loop.status().partitions().stream()
                .anyMatch(partition -> partition.pause().map(Pause::reason).equals(Optional.of(PauseReason.RECORDS))));

        handler.finishAll();
        await().until(() -> consumer.paused().isEmpty());
    }

    /** It is not even marked as being read, and never counts as stalled. */
    @Test
    void beginsNothingOfAPartitionThatAnOperatorHasPaused() {
        handler.obstacles = Map.of(new SourcePartition("t", 0), Pause.of(PauseReason.OPERATOR));
        start(P0, P1);
        produce(P0, 0, 1);
        produce(P1, 0, 1);
        await().until(() -> handler.begun.size() == 1);
        await().until(() -> consumer.paused().equals(Set.of(P0)));
        assertThat(handler.begun.getFirst().position().partition()).isEqualTo(1);
        assertThat(committed(P0)).as("the mark").isNull();
        ahead = Duration.ofMinutes(10);
        await().until(() -> partition(0)
                .filter(status -> status.pause().filter(Pause::isOrdered).isPresent())
                .isPresent());
        await().until(() -> partition(1).filter(PartitionStatus::isStagnant).isPresent());
        assertThat(partition(0).map(PartitionStatus::stalled)).hasValue(Duration.ZERO);

        handler.obstacles = Map.of();
        await().until(() -> handler.begun.size() == 2);
        await().until(() -> consumer.paused().isEmpty());
    }

    @Test
    void pausesEverythingBehindAnObstacle() {
        start(P0, P1);
        handler.obstacle = Optional.of(Pause.of(PauseReason.BREAKER_OPEN));
        await().until(() -> consumer.paused().equals(Set.of(P0, P1)));

        handler.obstacle = Optional.empty();
        handler.obstacles = Map.of(new SourcePartition("t", 1), Pause.of(PauseReason.DEAD_LETTER));
        await().until(() -> consumer.paused().equals(Set.of(P1)));
        handler.obstacles = Map.of();
        await().until(() -> consumer.paused().isEmpty());
    }

    @Test
    void makesTheOldestRecordGiveWayOnceReportsHaveHeldUpAPartitionForLong() {
        start(P0);
        produce(P0, 0, 3);
        await().until(() -> handler.begun.size() == 3);
        handler.obstacles = Map.of(new SourcePartition("t", 0), Pause.of(PauseReason.REPORTS));
        await().until(() -> partition(0).flatMap(PartitionStatus::pause).isPresent());
        assertThat(handler.gaveWay).isEmpty();

        ahead = Duration.ofSeconds(40);
        await().until(() -> handler.gaveWay.contains(new SourcePartition("t", 0)));
    }

    @Test
    void drainsAPartitionThatIsRevoked() {
        start(P0, P1);
        produce(P0, 0, 2);
        await().until(() -> handler.begun.size() == 2);
        handler.finishing = true;
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(P1)));

        await().until(() -> Long.valueOf(2).equals(committed(P0)));
        await().until(() -> handler.released.get() == 1);
        assertThat(handler.abandoned).containsExactly("t 0");
    }

    /** Otherwise the next owner sends them once more, although the platform has them. */
    @Test
    void drainsDeadLettersThatAreSentAgain() {
        handler.redriven.set(2);
        start(P0, P1);
        AtomicInteger releasedBefore = new AtomicInteger();
        handler.whenAskedForHope = () -> {
            int unusedToo = releasedBefore.addAndGet(handler.released.get());
            int unused = handler.redriven.decrementAndGet();
        };
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(P1)));

        await().until(() -> handler.released.get() == 1);
        assertThat(handler.redriven).hasValue(0);
        assertThat(releasedBefore).hasValue(0);
        assertThat(handler.leaving).containsExactly(new SourcePartition("t", 0));
        assertThat(handler.abandoned).containsExactly("t 0");
    }

    @Test
    void drainsNoLongerThanThereIsHope() {
        start(P0, P1);
        produce(P0, 0, 2);
        await().until(() -> handler.begun.size() == 2);
        handler.finish(0);
        handler.stuck = true;
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(P1)));

        await().until(() -> handler.released.get() == 1);
        assertThat(handler.abandoned).containsExactly("t 1");
        assertThat(committed(P0)).isEqualTo(1);
        assertThat(handler.assignments.getFirst().isCurrent()).isFalse();
    }

    @Test
    void settlesWhatEndedJustBeforeThereWasNoMoreHope() {
        start(P0, P1);
        produce(P0, 0, 2);
        await().until(() -> handler.begun.size() == 2);
        handler.whenAskedForHope = () -> {
            handler.finish(0);
            handler.stuck = true;
        };
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(P1)));

        await().until(() -> handler.released.get() == 1);
        assertThat(handler.abandoned).containsExactly("t 1");
        assertThat(committed(P0)).isEqualTo(1);
    }

    @Test
    void beginsAnewWithAPartitionThatComesBack() {
        start(P0, P1);
        produce(P0, 0, 1);
        await().until(() -> handler.begun.size() == 1);
        handler.stuck = true;
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(P1)));
        await().until(() -> handler.released.get() == 1);
        handler.stuck = false;
        consumer.schedulePollTask(() -> {
            consumer.rebalance(List.of(P0, P1));
            consumer.updateBeginningOffsets(Map.of(P0, 0L));
            consumer.seek(P0, 0);
        });
        produce(P0, 0, 1);

        await().until(() -> handler.begun.size() == 2);
        assertThat(handler.assignments.get(1)).isNotSameAs(handler.assignments.get(0));
        assertThat(handler.assignments.get(1).isCurrent()).isTrue();
        handler.finish(handler.assignments.get(1), handler.begun.get(1));
        await().until(() -> Long.valueOf(1).equals(committed(P0)));
    }

    @Test
    void saysInTheCommitWhatIsFinishedBeyondIt() {
        start(P0);
        produce(P0, 0, 4);
        await().until(() -> handler.begun.size() == 4);
        handler.finish(1);
        handler.finish(3);

        await().until(() -> finishedBeyond(P0).equals(Set.of(1L, 3L)));
        handler.finish(0);
        await().until(() ->
                Long.valueOf(2).equals(committed(P0)) && finishedBeyond(P0).equals(Set.of(3L)));
    }

    @Test
    void doesNotBeginWhatAFormerOwnerHadFinished() {
        OffsetTracker former = new OffsetTracker();
        for (long offset = 0; offset < 6; offset++) {
            former.begin(offset, TIMESTAMP, OffsetTracker.NO_EPOCH, clock.instant());
        }
        former.finish(2);
        former.finish(4);
        consumer.commits.put(P0, new OffsetAndMetadata(0, FakeCluster.TOPIC.seal(former, FinishedOffsets.NONE, 4096)));
        start(P0);
        produce(P0, 0, 6);

        await().until(() -> handler.begun.size() == 4);
        assertThat(handler.begun)
                .extracting(record -> record.position().offset())
                .containsExactly(0L, 1L, 3L, 5L);
        assertThat(registry.get("relay.replays.avoided").counter().count()).isEqualTo(2);
        assertThat(handler.finishedBefore).containsExactly(2L, 4L);
        handler.finishAll();
        await().until(() -> Long.valueOf(6).equals(committed(P0)));
    }

    /** It is from a time when instances shared the quota, and must not come into force again when they do once more. */
    @Test
    void dropsATableOfSharesWhereNothingIsShared() {
        String table = ShareTable.of(3, Map.of(P0, 1.0), 100).text();
        consumer.commits.put(P0, new OffsetAndMetadata(0, table));
        start(P0);
        produce(P0, 0, 1);
        await().until(() -> handler.begun.size() == 1);
        handler.finishAll();
        await().until(() -> Long.valueOf(1).equals(committed(P0)));

        assertThat(ShareTable.in(
                        Objects.requireNonNull(consumer.commits.get(P0)).metadata()))
                .isEmpty();
    }

    @Test
    void believesNoMetadataOfAnotherTopicOfTheSameName() {
        OffsetTracker former = new OffsetTracker();
        former.begin(0, TIMESTAMP + 1, OffsetTracker.NO_EPOCH, clock.instant());
        former.begin(1, TIMESTAMP + 1, OffsetTracker.NO_EPOCH, clock.instant());
        former.finish(1);
        consumer.commits.put(P0, new OffsetAndMetadata(0, FakeCluster.TOPIC.seal(former, FinishedOffsets.NONE, 4096)));
        start(P0);
        produce(P0, 0, 2);

        await().until(() -> handler.begun.size() == 2);
    }

    @Test
    void doesWithoutMetadataWhereTheBrokerTakesNone() {
        start(P0);
        consumer.failures.add(new OffsetMetadataTooLarge("too large"));
        produce(P0, 0, 3);
        await().until(() -> handler.begun.size() == 3);
        handler.finish(0);
        handler.finish(2);

        await().until(() -> Long.valueOf(1).equals(committed(P0)));
        assertThat(finishedBeyond(P0)).isEmpty();
    }

    @Test
    void commitsAgainWhenTheGroupHasChangedHands() throws InterruptedException {
        start(P0);
        produce(P0, 0, 2);
        await().until(() -> handler.begun.size() == 2);
        await().until(() -> Long.valueOf(0).equals(committed(P0)));
        handler.finishing = true;
        consumer.failures.add(new RebalanceInProgressException());
        consumer.failures.add(new RebalanceInProgressException());
        consumer.failures.add(new RebalanceInProgressException());

        loop.stop();
        thread.join(TimeUnit.SECONDS.toMillis(20));

        assertThat(committed(P0)).isEqualTo(2);
    }

    /** For example COORDINATOR_NOT_AVAILABLE while __consumer_offsets lacks in-sync replicas: fetches and heartbeats go on. */
    @Test
    void saysThatCommitsHaveFailedForLong() {
        start(P0);
        consumer.failing = true;
        handler.finishing = true;
        produce(P0, 0, 5);
        await().until(() -> handler.begun.size() == 5 && handler.open.isEmpty());
        await().until(() ->
                partition(0).filter(found -> found.uncommitted().isPositive()).isPresent());

        ahead = Duration.ofSeconds(40);
        await().until(() -> loop.status()
                .trouble()
                .filter(why -> why.contains("COORDINATOR"))
                .isPresent());
        assertThat(loop.status().joined()).isTrue();
        assertThat(partition(0)).hasValueSatisfying(found -> {
            assertThat(found.isStagnant()).isTrue();
            assertThat(found.isUncommitted()).isTrue();
        });
        assertThat(registry.get("relay.partition.uncommitted").gauge().value()).isGreaterThan(30);

        consumer.failing = false;
        await().until(() -> loop.status().trouble().isEmpty());
        assertThat(committed(P0)).isEqualTo(5);
    }

    @Test
    void stopsOnlyThePartitionWhoseBatchCannotBeRead() {
        start(P0, P1);
        consumer.setPollException(new KafkaException(
                "Received exception when fetching the next record from t-0. If needed, please seek past the record to continue"
                        + " consumption.",
                new KafkaException("Record batch for partition t-0 at offset 0 is invalid, cause: crc")));
        await().until(() -> consumer.paused().equals(Set.of(P0)));
        await().until(() -> partition(0)
                .flatMap(PartitionStatus::pause)
                .filter(pause -> pause.reason() == PauseReason.UNREADABLE
                        && pause.detail().contains("offset 0 is invalid"))
                .isPresent());
        produce(P1, 0, 1);
        await().until(() -> handler.begun.size() == 1);
        assertThat(opened).hasValue(1);

        ahead = Duration.ofSeconds(31);
        await().until(() -> consumer.paused().isEmpty());
        produce(P0, 0, 1);
        await().until(() -> handler.begun.size() == 2);
        assertThat(opened).hasValue(1);
    }

    @Test
    void countsWhatAnOpenTransactionHoldsBackAsLag() {
        start(P0);
        cluster.bounds = Map.of(P0, new LogBounds(0, 0, 500));

        ahead = Duration.ofSeconds(6);
        await().until(() -> partition(0).map(PartitionStatus::lag).equals(Optional.of(OptionalLong.of(500))));
        ahead = Duration.ofSeconds(50);
        await().until(() ->
                partition(0).flatMap(PartitionStatus::openTransaction).isPresent());
        await().until(() -> partition(0).filter(PartitionStatus::isStagnant).isPresent());
    }

    @Test
    void reportsWhatRetentionHasDeleted() {
        consumer.commits.put(P0, new OffsetAndMetadata(10));
        start(P0);
        produce(P0, 100, 2);
        await().until(() -> handler.begun.size() == 2);
        cluster.bounds = Map.of(P0, new LogBounds(60, 102, 102));

        ahead = Duration.ofSeconds(6);
        await().until(() -> !loop.losses().isEmpty());
        assertThat(loop.losses()).hasSize(1).first().satisfies(loss -> {
            assertThat(loss.from()).isEqualTo(10);
            assertThat(loss.to()).isEqualTo(60);
        });
        assertThat(registry.get("relay.records.lost").counter().count()).isEqualTo(50);

        assertThat(loop.acknowledgeLosses("t", 1)).isFalse();
        assertThat(loop.acknowledgeLosses("t", 0)).isTrue();
        assertThat(loop.losses()).isEmpty();
    }

    @Test
    void saysThatKafkaDoesNotAnswer() {
        start(P0);
        consumer.heartbeatSecondsAgo = 16;
        await().until(() ->
                loop.status().trouble().isPresent() && !loop.status().joined());

        consumer.heartbeatSecondsAgo = 1;
        await().until(() -> loop.status().joined());
    }

    @Test
    void saysWhatTheOldestRecordWaitsFor() {
        start(P0);
        handler.oldest = Map.of(
                new SourcePartition("t", 0),
                new Whereabouts(new RecordPosition("t", 0, 0), null, "retry", "after HTTP 503"));
        produce(P0, 0, 1);

        await().until(() -> loop.status().partitions().stream()
                .flatMap(partition -> partition.oldest().stream())
                .anyMatch(where -> where.waitsFor().equals("retry")));
        handler.finishAll();
        await().until(() -> loop.status().partitions().stream()
                .allMatch(partition -> partition.oldest().isEmpty()));
    }

    @Test
    void makesAnotherConsumerWhenOneFails() {
        start(P0);
        consumer.setPollException(new AuthorizationException("not allowed"));
        await().until(() -> loop.status()
                .trouble()
                .filter(why -> why.contains("not allowed"))
                .isPresent());

        await().until(() -> opened.get() >= 2);
    }

    @Test
    void settlesAndCommitsBeforeItEnds() throws InterruptedException {
        start(P0);
        produce(P0, 0, 2);
        await().until(() -> handler.begun.size() == 2);
        handler.finishing = true;

        loop.stop();
        thread.join(TimeUnit.SECONDS.toMillis(10));

        assertThat(thread.isAlive()).isFalse();
        assertThat(handler.lastCommit).isEqualTo(2);
        assertThat(consumer.closed()).isTrue();
        assertThat(loop.status().joined()).isFalse();
    }

    @Test
    void requiresWhatThePromisesDependOn() {
        Map<String, Object> classic = Consumers.configuration(Map.of(), LIMITS);
        assertThat(classic)
                .containsEntry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false")
                .containsEntry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false")
                .containsEntry(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1000)
                .containsEntry(
                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        assertThat(Consumers.configuration(Map.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, "mine"), LIMITS))
                .containsEntry(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, "mine");
        assertThat(Consumers.configuration(Map.of(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "2000"), LIMITS))
                .containsEntry(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "2000");
        assertThat(Consumers.configuration(Map.of(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer"), LIMITS))
                .doesNotContainKey(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG)
                .doesNotContainKey(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);
    }

    @Test
    void joinsTopicsAndPatternsIntoOnePattern() {
        Subscription both = new Subscription(
                Map.of("a.b", "named"),
                List.of(
                        new Subscription.ByPattern(Pattern.compile("x\\..*"), "xs"),
                        new Subscription.ByPattern(Pattern.compile("y|z"), "others")));

        Pattern all = both.asPattern(Set.of());
        assertThat(List.of("a.b", "x.1", "z", "y"))
                .allMatch(topic -> all.matcher(topic).matches());
        assertThat(List.of("aXb", "yy", "a.bx"))
                .noneMatch(topic -> all.matcher(topic).matches());
        Pattern fewer = both.asPattern(Set.of("x.1", "a.b"));
        assertThat(List.of("x.2", "x.10", "z"))
                .allMatch(topic -> fewer.matcher(topic).matches());
        assertThat(List.of("x.1", "a.b"))
                .noneMatch(topic -> fewer.matcher(topic).matches());
    }

    private interface Waiting {
        void await() throws InterruptedException;
    }

    private Reach check() {
        try {
            checkWaits.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return reach;
    }

    private Optional<PartitionStatus> partition(int number) {
        return loop.status().partitions().stream()
                .filter(partition -> partition.partition() == number)
                .findFirst();
    }

    private void start(TopicPartition... partitions) {
        Map<TopicPartition, Long> begins = new HashMap<>();
        for (TopicPartition partition : partitions) {
            begins.put(partition, 0L);
        }
        consumer.updateBeginningOffsets(begins);
        consumer.updateEndOffsets(begins);
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(partitions)));
        thread.start();
        if (mayStart.get()) {
            await().until(() -> loop.status().joined());
        }
    }

    private void produce(TopicPartition partition, int from, int count) {
        consumer.schedulePollTask(() -> {
            for (int i = from; i < from + count; i++) {
                consumer.addRecord(new ConsumerRecord<>(
                        partition.topic(),
                        partition.partition(),
                        i,
                        TIMESTAMP,
                        TimestampType.CREATE_TIME,
                        0,
                        1,
                        null,
                        new byte[1],
                        new RecordHeaders(),
                        Optional.empty()));
            }
            consumer.updateEndOffsets(Map.of(partition, (long) from + count));
        });
    }

    private Set<Long> finishedBeyond(TopicPartition partition) {
        OffsetAndMetadata commit = consumer.commits.get(partition);
        if (commit == null) {
            return Set.of();
        }
        FinishedOffsets finished =
                FakeCluster.TOPIC.open(commit.offset(), commit.metadata()).finished();
        return LongStream.range(0, 100).filter(finished::contains).boxed().collect(Collectors.toSet());
    }

    private @Nullable Long committed(TopicPartition partition) {
        OffsetAndMetadata commit = consumer.commits.get(partition);
        return commit == null ? null : commit.offset();
    }

    /** What the brokers report, as the test sets it. */
    private static final class FakeCluster implements Cluster {
        private static final TopicIdentity TOPIC = new TopicIdentity("cluster", "topic");
        private volatile Map<TopicPartition, LogBounds> bounds = Map.of();
        private volatile Map<String, TopicsView.State> states = Map.of();

        @Override
        public ClusterView view(Admin admin, Set<TopicPartition> partitions, Instant now) {
            return new ClusterView(now, bounds, Map.of("t", TOPIC), Map.of());
        }

        @Override
        public TopicsView topics(Admin admin, Set<String> topics, boolean names, Instant now) {
            return new TopicsView(now, states, Optional.empty());
        }

        @Override
        public Map<String, TopicIdentity> identities(Admin admin, Set<String> topics) {
            return Map.of("t", TOPIC);
        }
    }

    /** Kafka's mock forgets the offsets of a partition that has left; this one does not. */
    private static final class RememberingConsumer extends MockConsumer<byte[], byte[]> {
        private final Map<TopicPartition, OffsetAndMetadata> commits = new ConcurrentHashMap<>();
        private final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
        private volatile boolean failing;
        private volatile double heartbeatSecondsAgo;

        RememberingConsumer() {
            super("earliest");
        }

        @Override
        public synchronized void commitAsync(
                Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable OffsetCommitCallback callback) {
            RuntimeException failure = failing ? new KafkaException("COORDINATOR_NOT_AVAILABLE") : failures.poll();
            if (failure != null && callback != null) {
                callback.onComplete(offsets, failure);
                return;
            }
            commits.putAll(offsets);
            super.commitAsync(offsets, callback);
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            RuntimeException failure = failures.poll();
            if (failure != null) {
                throw failure;
            }
            commits.putAll(offsets);
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
                Set<TopicPartition> partitions, Duration timeout) {
            Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>(commits);
            known.keySet().retainAll(partitions);
            return known;
        }

        @Override
        public synchronized Map<MetricName, ? extends Metric> metrics() {
            MetricName name = new MetricName("last-heartbeat-seconds-ago", "group", "", Map.of());
            return Map.of(
                    name,
                    new KafkaMetric(
                            new Object(),
                            name,
                            (Measurable) (config, now) -> heartbeatSecondsAgo,
                            new MetricConfig(),
                            Time.SYSTEM));
        }
    }

    /** Takes records, and settles them when the test asks for it, on the poll thread as it must be. */
    private final class Handler implements RecordHandler {
        private final List<SourceRecord> begun = new CopyOnWriteArrayList<>();
        private final List<Assignment> assignments = new CopyOnWriteArrayList<>();
        private final List<SourceRecord> open = new CopyOnWriteArrayList<>();
        private final BlockingQueue<Runnable> settlements = new LinkedBlockingQueue<>();
        private final List<String> abandoned = new CopyOnWriteArrayList<>();
        private final AtomicInteger released = new AtomicInteger();
        private volatile Optional<Pause> obstacle = Optional.empty();
        private volatile Map<SourcePartition, Pause> obstacles = Map.of();
        private volatile Map<SourcePartition, Whereabouts> oldest = Map.of();
        private final List<SourcePartition> hurried = new CopyOnWriteArrayList<>();
        private final List<SourcePartition> leaving = new CopyOnWriteArrayList<>();
        private final List<Long> finishedBefore = new CopyOnWriteArrayList<>();
        private final AtomicInteger redriven = new AtomicInteger();
        private volatile boolean finishing;
        private volatile boolean stuck;
        private volatile boolean busy;
        private final List<SourcePartition> gaveWay = new CopyOnWriteArrayList<>();
        private volatile Duration longestRequest = Duration.ZERO;
        private volatile Runnable whenAskedForHope = () -> {};
        private volatile long lastCommit = -1;

        void finish(int index) {
            finish(assignments.get(index), begun.get(index));
        }

        void finish(Assignment assignment, SourceRecord record) {
            if (open.remove(record)) {
                settlements.add(() -> assignment.settle(record));
            }
        }

        void finishAll() {
            for (int i = 0; i < begun.size(); i++) {
                finish(i);
            }
        }

        @Override
        public void leaving(Collection<SourcePartition> partitions) {
            leaving.addAll(partitions);
        }

        @Override
        public int redriven(SourcePartition partition) {
            return partition.partition() == 0 ? redriven.get() : 0;
        }

        @Override
        public void begin(Assignment assignment, SourceRecord record) {
            assignments.add(assignment);
            open.add(record);
            begun.add(record);
        }

        @Override
        public void finishedBefore(SourcePartition partition, long offset) {
            finishedBefore.add(offset);
        }

        @Override
        public void flush() {}

        @Override
        public void settle(Duration wait) {
            if (finishing) {
                finishAll();
            }
            try {
                Runnable first = settlements.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    first.run();
                    List<Runnable> more = new ArrayList<>();
                    settlements.drainTo(more);
                    more.forEach(Runnable::run);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void abandoned(String topic, int records) {
            abandoned.add(topic + " " + records);
        }

        @Override
        public void dropLeaving() {
            Long committed = committed(P0);
            lastCommit = committed == null ? -1 : committed;
            released.incrementAndGet();
        }

        @Override
        public Optional<Pause> obstacle(SourcePartition partition) {
            return obstacle.or(() -> Optional.ofNullable(obstacles.get(partition)));
        }

        @Override
        public Map<SourcePartition, Whereabouts> oldest() {
            return oldest;
        }

        @Override
        public void retryNow(SourcePartition partition) {
            hurried.add(partition);
        }

        @Override
        public void unblock(SourcePartition partition) {
            gaveWay.add(partition);
        }

        @Override
        public Duration longestRequest() {
            return longestRequest;
        }

        @Override
        public boolean isBusyForLeaving() {
            return busy;
        }

        @Override
        public boolean isStuck() {
            whenAskedForHope.run();
            return stuck;
        }
    }

    private Consumer<byte[], byte[]> open() {
        if (opened.incrementAndGet() > 1) {
            throw new KafkaException("only one is there");
        }
        return consumer;
    }

    /** Topics that a test changes. */
    private static final class ChangingTopics implements Subscriptions {
        private volatile Map<String, String> wanted = Map.of("t", "route", "u", "other");
        private Map<String, String> read = Map.of();

        @Override
        public Subscription next() {
            read = wanted;
            return new Subscription(read, List.of());
        }

        @Override
        public boolean areOutdated() {
            return !read.equals(wanted);
        }
    }
}

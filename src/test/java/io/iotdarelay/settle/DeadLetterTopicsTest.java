package io.iotdarelay.settle;

import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.kafka.Reach;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadLetterTopicsTest {

    private static final Rejection WHY = Rejection.of(RejectionReason.NOT_PERMITTED, "why");
    private static final int MANY = 2000;
    private static final Optional<String> TEAM_A = Optional.of("a.dlt");
    private static final Optional<String> TEAM_B = Optional.of("b.dlt");

    private final Set<String> missing = ConcurrentHashMap.newKeySet();
    private final CountDownLatch hangs = new CountDownLatch(1);

    /** As Kafka's: who asks for a topic that is missing waits. */
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                @Override
                public List<PartitionInfo> partitionsFor(String topic) {
                    if (missing.contains(topic)) {
                        try {
                            hangs.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        return List.of();
                    }
                    return List.of(new PartitionInfo(topic, 0, null, new Node[0], new Node[0]));
                }
            };

    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final DeadLetterTopics topics = new DeadLetterTopics(
            "standard",
            name -> new DeadLetterTopic(name, () -> Reach.WHOLE, () -> producer, () -> admin(name)),
            this::thread,
            (topic, thread, handedOn) -> new DeadLetterWriter(
                    topic,
                    thread,
                    "group",
                    ManualClock.at("2026-11-01T00:00:00Z"),
                    Backoff.standard(new Random(1)),
                    handedOn,
                    (record, rejection) ->
                            acknowledged.add(record.record().position().toString())));

    private final Map<String, ScheduledExecutorService> threads = new ConcurrentHashMap<>();
    private final Queue<String> adminsClosed = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        hangs.countDown();
        topics.close();
    }

    @Test
    void writesEachToTheTopicOfItsRoute() {
        topics.expect(Set.of(TEAM_A, Optional.empty()), DeadLetterTopicsTest::ofTeams);

        topics.write(record("a", 1), WHY, null);
        topics.write(record("other", 2), WHY, null);

        await().until(() -> acknowledged.size() == 2);
        assertThat(producer.history())
                .extracting(letter -> letter.topic())
                .containsExactlyInAnyOrder("a.dlt", "standard");
        assertThat(topics.isIdle()).isTrue();
        assertThat(topics.trouble()).isEmpty();
        assertThat(topics.oldest()).isEmpty();
        assertThat(topics.status())
                .extracting(DeadLetterStatus::topic, DeadLetterStatus::written)
                .containsExactly(tuple("a.dlt", 1L), tuple("standard", 1L));
    }

    /** Kafka's producer waits for the metadata of a topic that is not there, and whoever comes behind it waits as well. */
    @Test
    void isNotHeldUpByATopicOfOthersThatIsMissing() {
        missing.add("a.dlt");
        topics.expect(Set.of(TEAM_A, TEAM_B), DeadLetterTopicsTest::ofTeams);

        topics.write(record("a", 1), WHY, null);
        topics.write(record("b", 2), WHY, null);

        await().until(() -> acknowledged.contains("b-0-2"));
        assertThat(acknowledged).hasSize(1);
        assertThat(topics.isIdle()).isFalse();
        assertThat(topics.oldest()).containsOnlyKeys(new SourcePartition("a", 0));

        hangs.countDown();
        await().until(() -> acknowledged.contains("a-0-1"));
    }

    @Test
    void namesEachTopicThatCannotBeWritten() {
        missing.addAll(Set.of("a.dlt", "b.dlt"));
        hangs.countDown();
        topics.expect(Set.of(TEAM_A, TEAM_B, Optional.of("c.dlt")), DeadLetterTopicsTest::ofTeams);

        await().untilAsserted(() -> assertThat(troubles())
                .containsOnly(
                        Map.entry("a.dlt", "topic a.dlt does not exist"),
                        Map.entry("b.dlt", "topic b.dlt does not exist"),
                        Map.entry("c.dlt", "")));
    }

    @Test
    void leavesATopicThatIsNotUsedAnyMoreWhenItsLastLetterIsWritten() {
        missing.add("a.dlt");
        topics.expect(Set.of(TEAM_A), DeadLetterTopicsTest::ofTeams);
        topics.write(record("a", 1), WHY, null);
        topics.expect(Set.of(TEAM_B), DeadLetterTopicsTest::ofTeams);
        assertThat(troubles()).containsOnlyKeys("a.dlt", "b.dlt");

        missing.clear();
        hangs.countDown();

        await().until(() -> acknowledged.size() == 1);
        await().untilAsserted(() -> assertThat(troubles()).containsOnlyKeys("b.dlt"));
    }

    @Test
    void closesATopicThatIsLeftAndOpensItAnewForALaterLetter() {
        topics.expect(Set.of(TEAM_A, TEAM_B), DeadLetterTopicsTest::ofTeams);
        topics.write(record("a", 1), WHY, null);
        await().until(() -> acknowledged.size() == 1);
        ScheduledExecutorService first = threadOf("a.dlt");

        topics.expect(Set.of(TEAM_B), DeadLetterTopicsTest::ofTeams);
        await().until(first::isTerminated);
        assertThat(adminsClosed).containsExactly("a.dlt");
        assertThat(threadOf("b.dlt").isShutdown()).isFalse();
        assertThat(troubles()).containsOnlyKeys("b.dlt");

        topics.write(record("a", 2), WHY, null);
        await().until(() -> acknowledged.size() == 2);
        assertThat(threadOf("a.dlt")).isNotSameAs(first);
    }

    @Test
    void losesNoLetterToATopicThatIsBeingClosed() {
        for (int i = 0; i < MANY; i++) {
            topics.write(record("a", i), WHY, null);
            topics.expect(Set.of(TEAM_B), DeadLetterTopicsTest::ofTeams);
        }

        await().until(() -> acknowledged.size() == MANY);
        assertThat(producer.history()).hasSize(MANY);
    }

    /** Otherwise the partition would be paused until a restart, although the mapping has been corrected. */
    @Test
    void handsWhatATopicCouldNotTakeToTheOneThatIsItsPlaceNow() {
        missing.add("a.dtl");
        hangs.countDown();
        producer.sendException = new KafkaException("no such topic");
        topics.expect(
                Set.of(Optional.of("a.dtl"), TEAM_B),
                source -> source.equals("a") ? Optional.of("a.dtl") : ofTeams(source));
        List.of(1, 2, 3).forEach(offset -> topics.write(record("a", offset), WHY, null));
        topics.write(record("b", 4), WHY, null);
        await().until(() -> unwritten() == 4);

        producer.sendException = null;
        topics.expect(Set.of(TEAM_A, TEAM_B), DeadLetterTopicsTest::ofTeams);

        await().until(() -> acknowledged.size() == 4);
        assertThat(acknowledged).containsExactlyInAnyOrder("a-0-1", "a-0-2", "a-0-3", "b-0-4");
        assertThat(producer.history())
                .extracting(letter -> letter.topic())
                .containsExactlyInAnyOrder("a.dlt", "a.dlt", "a.dlt", "b.dlt");
        await().untilAsserted(
                        () -> assertThat(troubles()).containsOnly(Map.entry("a.dlt", ""), Map.entry("b.dlt", "")));
        assertThat(topics.trouble()).isEmpty();
        assertThat(topics.isIdle()).isTrue();
    }

    @Test
    void writesWhatHasNoRouteToTheStandardTopic() {
        topics.expect(Set.of(TEAM_A), DeadLetterTopicsTest::ofTeams);
        assertThat(troubles()).containsOnlyKeys("a.dlt");

        topics.write(inFlight(new TestAssignment(), 1), WHY, null);

        await().until(() -> acknowledged.size() == 1);
        assertThat(producer.history())
                .singleElement()
                .satisfies(letter -> assertThat(letter.topic()).isEqualTo("standard"));
    }

    private ScheduledExecutorService thread(String topic) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        threads.put(topic, thread);
        return thread;
    }

    private ScheduledExecutorService threadOf(String topic) {
        return Objects.requireNonNull(threads.get(topic));
    }

    private Admin admin(String topic) {
        return new MockAdminClient() {
            @Override
            public synchronized void close(Duration timeout) {
                adminsClosed.add(topic);
            }
        };
    }

    /** What the mapping says: the dead-letter topics of source topics. */
    private static Optional<String> ofTeams(String source) {
        return Optional.ofNullable(Map.of("a", "a.dlt", "b", "b.dlt").get(source));
    }

    private int unwritten() {
        return topics.status().stream().mapToInt(DeadLetterStatus::unwritten).sum();
    }

    private Map<String, String> troubles() {
        Map<String, String> troubles = new HashMap<>();
        topics.status()
                .forEach(topic -> troubles.put(topic.topic(), topic.trouble().orElse("")));
        return troubles;
    }

    private static RecordInFlight record(String topic, long offset) {
        return new RecordInFlight(
                new TestAssignment(),
                new SourceRecord(new RecordPosition(topic, 0, offset), TestTelemetry.TIME, null, null, List.of()),
                "route");
    }
}

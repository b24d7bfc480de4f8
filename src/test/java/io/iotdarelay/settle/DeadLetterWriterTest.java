package io.iotdarelay.settle;

import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.kafka.Reach;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadLetterWriterTest {

    private static final Rejection WHY = Rejection.of(RejectionReason.REFUSED, "why");
    private static final Cluster CLUSTER = new Cluster(
            "cluster",
            List.of(),
            List.of(new PartitionInfo("dlt", 0, null, new Node[0], new Node[0])),
            Set.of(),
            Set.of());

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(CLUSTER, false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<Long> acknowledged = new CopyOnWriteArrayList<>();
    private final List<DeadLetter> handedOn = new CopyOnWriteArrayList<>();
    private volatile boolean belongsElsewhere;
    private final TestAssignment assignment = new TestAssignment();
    private final DeadLetterWriter writer = new DeadLetterWriter(
            open(producer),
            thread,
            "group",
            ManualClock.at("2026-11-01T00:00:00Z"),
            Backoff.standard(new Random(1)),
            letter -> belongsElsewhere && handedOn.add(letter),
            (record, rejection) -> acknowledged.add(record.record().position().offset()));

    private static DeadLetterTopic open(Producer<byte[], byte[]> producer) {
        DeadLetterTopic topic = new DeadLetterTopic("dlt", () -> Reach.WHOLE, () -> producer, MockAdminClient::new);
        topic.examine();
        return topic;
    }

    @AfterEach
    void stop() {
        thread.shutdownNow();
    }

    @Test
    void writesWhatCameBeforeThereWasAProducer() {
        Queue<Reach> reaches = new ArrayDeque<>(List.of(new Reach(Optional.of("cannot reach Kafka"), List.of())));
        DeadLetterTopic late = new DeadLetterTopic(
                "dlt",
                () -> Optional.ofNullable(reaches.poll()).orElse(Reach.WHOLE),
                () -> producer,
                MockAdminClient::new);
        late.examine();
        DeadLetterWriter early = new DeadLetterWriter(
                late,
                thread,
                "group",
                ManualClock.at("2026-11-01T00:00:00Z"),
                Backoff.standard(new Random(1)),
                letter -> false,
                (record, rejection) -> {});
        assertThat(early.status().trouble()).contains("cannot reach Kafka");
        assertThat(early.status().unwritten()).isZero();

        early.write(inFlight(assignment, 7), WHY);
        await().until(() -> early.trouble().containsValue("cannot reach Kafka"));
        thread.execute(late::examine);

        await().until(() -> producer.history().size() == 1);
        producer.completeNext();
        assertThat(early.status().written()).isEqualTo(1);
        assertThat(early.status().trouble()).isEmpty();
    }

    @Test
    void acknowledgesWhatKafkaHas() {
        writer.write(inFlight(assignment, 7), WHY);
        await().until(() -> producer.history().size() == 1);
        assertThat(acknowledged).isEmpty();

        producer.completeNext();

        assertThat(acknowledged).containsExactly(7L);
        assertThat(producer.history().getFirst().topic()).isEqualTo("dlt");
        assertThat(producer.history().getFirst().key()).asString().isEqualTo("key");
        assertThat(producer.history().getFirst().value()).asString().isEqualTo("{}");
        assertThat(writer.status().written()).isEqualTo(1);
        assertThat(writer.trouble()).isEmpty();
    }

    @Test
    void triesAgainWhatCannotBeWritten() {
        writer.write(inFlight(assignment, 7), WHY);
        await().until(() -> producer.history().size() == 1);

        producer.errorNext(new TimeoutException("no broker"));
        assertThat(acknowledged).isEmpty();
        assertThat(writer.trouble())
                .containsOnly(java.util.Map.entry(new SourcePartition("topic", 0), "TimeoutException: no broker"));
        assertThat(writer.status().unwritten()).isEqualTo(1);

        await().until(() -> producer.history().size() == 2);
        producer.completeNext();
        assertThat(acknowledged).containsExactly(7L);
        assertThat(writer.trouble()).isEmpty();
        assertThat(writer.status().trouble()).isEmpty();
    }

    @Test
    void survivesAProducerThatThrows() {
        producer.sendException = new org.apache.kafka.common.KafkaException("closed");
        writer.write(inFlight(assignment, 7), WHY);
        await().until(() -> writer.status().unwritten() == 1);

        producer.sendException = null;
        await().until(() -> producer.history().size() == 1);
        producer.completeNext();
        assertThat(acknowledged).containsExactly(7L);
    }

    /** What Kafka may have is not written to another topic as well. */
    @Test
    void handsOnWhatBelongsElsewhereOnceItHasFailed() {
        writer.write(inFlight(assignment, 7), WHY);
        writer.write(inFlight(assignment, 8), WHY);
        await().until(() -> producer.history().size() == 2);
        belongsElsewhere = true;
        producer.completeNext();
        producer.errorNext(new TimeoutException("no broker"));
        writer.write(inFlight(assignment, 9), WHY);

        await().until(writer::isDone);
        assertThat(acknowledged).containsExactly(7L);
        assertThat(handedOn)
                .extracting(letter -> letter.record().record().position().offset())
                .containsExactlyInAnyOrder(8L, 9L);
        assertThat(producer.history()).hasSize(2);
        assertThat(writer.status().unwritten()).isZero();
    }

    @Test
    void forgetsWhatHasLeft() {
        writer.write(inFlight(assignment, 7), WHY);
        await().until(() -> producer.history().size() == 1);
        producer.errorNext(new TimeoutException("no broker"));

        assignment.end();

        await().until(() -> writer.status().unwritten() == 0);
        assertThat(producer.history()).hasSize(1);
    }

    /** Otherwise the failure of the previous one would be counted forever. */
    @Test
    void distinguishesALetterFromThatOfAFormerAssignment() {
        writer.write(inFlight(assignment, 7), WHY);
        await().until(() -> producer.history().size() == 1);
        producer.errorNext(new TimeoutException("no broker"));
        assignment.end();
        writer.write(inFlight(new TestAssignment(), 7), WHY);
        await().until(() -> producer.history().size() == 2);

        await().until(() -> writer.status().unwritten() == 0);
        assertThat(writer.isIdle()).isFalse();
        producer.completeNext();

        assertThat(writer.status().unwritten()).isZero();
        assertThat(writer.isIdle()).isTrue();
        assertThat(acknowledged).containsExactly(7L);
    }
}

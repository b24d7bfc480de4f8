package io.iotdarelay.settle;

import io.iotdarelay.kafka.Reach;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** The poll thread asks the writer of dead letters while the producer's thread answers. */
final class DeadLetterWriterStress {

    private static final Rejection WHY = Rejection.of(RejectionReason.REFUSED, "why");

    private static final Assignment OWNED = new Assignment() {
        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public boolean mayStart() {
            return true;
        }

        @Override
        public void settle(SourceRecord record) {}
    };

    private static final Cluster CLUSTER = new Cluster(
            "cluster",
            List.of(),
            List.of(new PartitionInfo("dlt", 0, null, new Node[0], new Node[0])),
            Set.of(),
            Set.of());

    private DeadLetterWriterStress() {}

    private static DeadLetterTopic open(Producer<byte[], byte[]> producer) {
        DeadLetterTopic topic = new DeadLetterTopic("dlt", () -> Reach.WHOLE, () -> producer, () -> {
            throw new KafkaException("no admin client");
        });
        topic.examine();
        return topic;
    }

    private static RecordInFlight record(long offset) {
        return new RecordInFlight(
                OWNED,
                new SourceRecord(new RecordPosition("topic", 0, offset), Instant.EPOCH, null, null, List.of()),
                "route");
    }

    /** A writer with two letters in flight: one that failed and is resent, and one that Kafka has not acknowledged yet. */
    private abstract static class TwoLetters {

        private final SameThread thread = new SameThread();
        private final MockProducer<byte[], byte[]> producer =
                new MockProducer<>(CLUSTER, false, null, new ByteArraySerializer(), new ByteArraySerializer());

        final DeadLetterWriter writer = new DeadLetterWriter(
                open(producer),
                thread,
                "group",
                Clock.systemUTC(),
                Backoff.standard(new Random(1)),
                letter -> false,
                (record, rejection) -> {});

        TwoLetters() {
            writer.write(record(1), WHY);
            producer.errorNext(new TimeoutException("no broker"));
            thread.runScheduled();
            writer.write(record(2), WHY);
        }

        void succeeds() {
            producer.completeNext();
        }

        void fails() {
            producer.errorNext(new TimeoutException("no broker"));
        }
    }

    /** The trouble of the first ends, while the second is well: waiting is never in vain. */
    @JCStressTest
    @Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "the second is waited for")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the poll thread gives up on a letter that is well")
    @State
    public static class IsNotIdleWithALetterThatIsWell extends TwoLetters {

        @Actor
        public void producer() {
            succeeds();
        }

        @Actor
        public void pollThread(ZI_Result result) {
            result.r1 = writer.isIdle();
        }

        @Arbiter
        public void after(ZI_Result result) {
            result.r2 = writer.status().unwritten();
        }
    }

    /** The first has trouble again, while a third comes: it counts once, and ends once. */
    @JCStressTest
    @Outcome(id = "false, 1", expect = Expect.ACCEPTABLE, desc = "one has trouble")
    @Outcome(expect = Expect.FORBIDDEN, desc = "trouble is counted wrongly")
    @State
    public static class CountsTroubleOnce extends TwoLetters {

        @Actor
        public void producer() {
            fails();
        }

        @Actor
        public void pollThread(ZI_Result result) {
            writer.write(record(3), WHY);
            result.r1 = writer.isIdle();
        }

        @Arbiter
        public void after(ZI_Result result) {
            result.r2 = writer.status().unwritten();
        }
    }
}

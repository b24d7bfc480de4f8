package io.iotdarelay.tokens;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.metrics.TokenStoreMeters;
import io.iotdarelay.testing.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenWriterTest {

    private static final Entry ENTRY = new Entry(new Claim(1, 2, 3, 4, false), null);

    @TempDir
    Path directory;

    private final ManualClock clock = ManualClock.at("2026-11-30T12:00:00Z");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final Later thread = new Later();
    private Envelope envelope;
    private TokenWriter writer;
    private boolean broken;
    private int opened;
    private @Nullable Error error;

    @BeforeEach
    void prepare() {
        KeyFiles.write(directory, "k", 1);
        envelope = new Envelope("https://e:443", Keyring.of(directory, "k"), new SplittableRandom(1));
        writer = new TokenWriter(
                "tokens", envelope, thread, this::open, clock::nanoTime, new TokenStoreMeters(registry));
        writer.readable(true);
    }

    @Test
    void writesInOrderUnderTheDevice() {
        writer.append(device("d"), ENTRY);
        writer.delete(device("d"));
        thread.run();

        List<ProducerRecord<byte[], byte[]>> sent = producer.history();
        assertThat(sent).hasSize(2).allSatisfy(record -> {
            assertThat(record.topic()).isEqualTo("tokens");
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("d");
        });
        assertThat(envelope.open(device("d"), sent.getFirst().value())).isEqualTo(new Envelope.Opened.Good(ENTRY));
        assertThat(sent.get(1).value()).isNull();
        assertThat(writer.isUsable()).isTrue();
    }

    @Test
    void writesNothingWhileTheTopicCannotBeRead() {
        writer.readable(false);

        writer.append(device("d"), ENTRY);
        thread.run();

        assertThat(writer.isUsable()).isFalse();
        assertThat(producer.history()).isEmpty();
        assertThat(failures()).isZero();
    }

    @Test
    void aFailureIsCountedAndNobodyWaitsForTheTopicForAWhile() {
        writer.append(device("d"), ENTRY);
        thread.run();

        producer.errorNext(new TopicAuthorizationException("tokens"));

        assertThat(failures()).isEqualTo(1);
        assertThat(writer.trouble()).hasValueSatisfying(why -> assertThat(why).contains("WRITE", "tokens"));
        assertThat(writer.isUsable()).isFalse();
        assertThat(writer.isWorthTrying()).isFalse();
        clock.advance(Duration.ofSeconds(30));
        assertThat(writer.isWorthTrying()).isTrue();
        assertThat(writer.isUsable()).as("until something is written").isFalse();
        assertThat(writer.trouble()).isPresent();
        writer.append(device("d"), ENTRY);
        thread.run();
        producer.completeNext();
        assertThat(writer.trouble()).isEmpty();
        assertThat(writer.isUsable()).isTrue();
        assertThat(opened).as("the producer survives that").isEqualTo(1);
    }

    @Test
    void aProducerThatMayNotSurviveAFailureIsReplacedAfterAWhile() {
        for (RuntimeException failure : List.of(
                new ProducerFencedException("fenced"),
                new ClusterAuthorizationException("not permitted"),
                new UnsupportedVersionException("too old"),
                new KafkaException("previous requests have failed"))) {
            int before = opened;
            writer.append(device("d"), ENTRY);
            thread.run();
            assertThat(producer.errorNext(failure)).isTrue();

            writer.append(device("d"), ENTRY);
            thread.run();
            assertThat(producer.completeNext()).as("too early").isFalse();
            clock.advance(Duration.ofSeconds(30));
            writer.append(device("d"), ENTRY);
            thread.run();

            assertThat(producer.completeNext()).isTrue();
            assertThat(opened - before).isEqualTo(before == 0 ? 2 : 1);
            assertThat(writer.isUsable()).isTrue();
        }
    }

    @Test
    void aProducerThatTriesAgainItselfIsKept() {
        for (RuntimeException failure :
                List.of(new TimeoutException("too late"), new RecordTooLargeException("too large"))) {
            writer.append(device("d"), ENTRY);
            thread.run();
            assertThat(producer.errorNext(failure)).isTrue();
            clock.advance(Duration.ofSeconds(30));
            writer.append(device("d"), ENTRY);
            thread.run();
            assertThat(producer.completeNext()).isTrue();
        }

        assertThat(opened).isEqualTo(1);
    }

    @Test
    void anErrorIsAFailureToo() {
        error = new LinkageError("a class is missing");
        writer.append(device("d"), ENTRY);
        thread.run();

        assertThat(failures()).isEqualTo(1);
        assertThat(writer.trouble()).isPresent();
    }

    @Test
    void aProducerThatCannotBeOpenedIsAFailureToo() {
        broken = true;
        writer.append(device("d"), ENTRY);
        thread.run();
        assertThat(failures()).isEqualTo(1);

        broken = false;
        writer.append(device("d"), ENTRY);
        thread.run();
        assertThat(producer.history()).as("not at once").isEmpty();
        clock.advance(Duration.ofSeconds(30));
        writer.append(device("d"), ENTRY);
        thread.run();
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void whatDoesNotComeBackIsAFailureToo() {
        writer.missed();

        assertThat(failures()).isEqualTo(1);
        assertThat(writer.isUsable()).isFalse();
        assertThat(writer.trouble()).hasValueSatisfying(why -> assertThat(why).contains("not read back"));
    }

    @Test
    void whyARecordDoesNotComeBackIsNotForgotten() {
        writer.append(device("d"), ENTRY);
        thread.run();
        assertThat(producer.errorNext(new TopicAuthorizationException("tokens")))
                .isTrue();

        writer.missed();

        assertThat(writer.trouble()).hasValueSatisfying(why -> assertThat(why).contains("WRITE", "tokens"));
    }

    @Test
    void aBoundedNumberWaits() {
        for (int i = 0; i < 100_001; i++) {
            writer.append(device("d"), ENTRY);
        }

        assertThat(thread.tasks).hasSize(100_000);
        assertThat(failures()).isEqualTo(1);
    }

    @Test
    void theEndWaitsForWhatWasEnqueued() {
        writer.append(device("d"), ENTRY);
        writer.close();
        writer.append(device("d"), ENTRY);

        assertThat(producer.history()).hasSize(1);
        assertThat(producer.flushed()).isTrue();
    }

    @Test
    void theEndNeedsNoProducer() {
        writer.close();

        assertThat(producer.flushed()).isTrue();
        assertThat(producer.history()).isEmpty();
    }

    private double failures() {
        return registry.get("relay.tokens.store.failures").counter().count();
    }

    private MockProducer<byte[], byte[]> open() {
        if (error != null) {
            throw error;
        }
        if (broken) {
            throw new IllegalStateException("cannot be opened");
        }
        opened++;
        return producer;
    }

    /** Runs what it was given when it is told to, or when it has to end. */
    private static final class Later extends AbstractExecutorService {

        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean ended;

        void run() {
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }

        @Override
        public void execute(Runnable task) {
            if (ended) {
                throw new RejectedExecutionException();
            }
            tasks.add(task);
        }

        @Override
        public void shutdown() {
            ended = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            return new ArrayList<>();
        }

        @Override
        public boolean isShutdown() {
            return ended;
        }

        @Override
        public boolean isTerminated() {
            return ended && tasks.isEmpty();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            run();
            return true;
        }
    }
}

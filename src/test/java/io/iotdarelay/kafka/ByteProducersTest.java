package io.iotdarelay.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;

class ByteProducersTest {

    private static final ByteProducers.Patience PATIENCE = new ByteProducers.Patience(
            Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(4));

    private final Producers factory =
            new Producers(Map.of("acks", "1", "linger.ms", 7, "bootstrap.servers", "kafka:1"));
    private final ByteProducers producers = new ByteProducers(factory, PATIENCE, Map.of("linger.ms", 5));
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @AfterEach
    void end() {
        thread.shutdownNow();
        producers.close();
    }

    /** What is configured for other producers may lose records, or take too long. */
    @Test
    void keepsTheConnectionAndSetsTheRest() {
        assertThat(producers.configuration())
                .containsEntry("bootstrap.servers", "kafka:1")
                .containsEntry("linger.ms", 5)
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("max.block.ms", 1_000L)
                .containsEntry("request.timeout.ms", 2_000)
                .containsEntry("delivery.timeout.ms", 3_000);
        assertThat(factory.getConfigurationProperties()).containsEntry("acks", "1");
    }

    @Test
    void oneIsSharedUntilItIsReplaced() {
        producers.open();
        producers.open();
        assertThat(factory.opened).hasSize(1);

        producers.replace();

        assertThat(factory.opened).hasSize(2);
        assertThat(factory.opened.getFirst().closed()).isTrue();
        assertThat(factory.opened.getLast().closed()).isFalse();
        producers.close();
        assertThat(factory.opened.getLast().closed()).isTrue();
    }

    @Test
    void aThreadEndsAfterWhatItWasGiven() {
        List<String> done = new CopyOnWriteArrayList<>();
        thread.execute(() -> done.add("record"));

        assertThat(ByteProducers.finish(thread, () -> done.add("flush"), Duration.ofMinutes(1)))
                .isTrue();

        assertThat(done).containsExactly("record", "flush");
    }

    @Test
    void aThreadThatHangsIsNotWaitedForLonger() {
        CountDownLatch never = new CountDownLatch(1);
        thread.execute(() -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        assertThat(ByteProducers.finish(thread, () -> {}, Duration.ZERO)).isFalse();

        Thread.currentThread().interrupt();
        ExecutorService other = Executors.newSingleThreadExecutor();
        other.execute(() -> {});
        try {
            assertThat(ByteProducers.finish(other, () -> {}, Duration.ofMinutes(1)))
                    .as("an interrupted one")
                    .isFalse();
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            other.shutdownNow();
        }
    }

    /** Notes what is opened. */
    private static final class Producers extends DefaultKafkaProducerFactory<byte[], byte[]> {

        private final List<MockProducer<byte[], byte[]>> opened;

        Producers(Map<String, Object> configuration) {
            this(configuration, new ArrayList<>());
        }

        private Producers(Map<String, Object> configuration, List<MockProducer<byte[], byte[]>> opened) {
            super(configuration);
            this.opened = opened;
        }

        @Override
        public Producers copyWithConfigurationOverride(@Nullable Map<String, Object> properties) {
            Map<String, Object> all = new HashMap<>(getConfigurationProperties());
            all.putAll(Objects.requireNonNull(properties));
            return new Producers(all, opened);
        }

        @Override
        protected Producer<byte[], byte[]> createRawProducer(Map<String, Object> configuration) {
            MockProducer<byte[], byte[]> producer = new MockProducer<>(
                    true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
            opened.add(producer);
            return producer;
        }
    }
}

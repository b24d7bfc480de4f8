package io.iotdarelay.pauses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.kafka.ByteProducers;
import io.iotdarelay.pauses.PauseTarget.Everything;
import io.iotdarelay.pauses.PauseTarget.OfPartition;
import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;

/** Orders as they are written, over a topic that this reads by itself. */
class PauseStoreTest {

    private static final PauseTarget ALL = new Everything();

    private final ManualClock clock = ManualClock.at("2026-12-01T12:00:00Z");
    private final PausesInForce pauses = new PausesInForce(clock, clock);
    private final PauseTopic reader = new PauseTopic("desk", pauses, () -> true, clock, over -> {});
    private final ReentrantLock reading = new ReentrantLock();
    private final List<Optional<String>> written = new CopyOnWriteArrayList<>();
    private volatile boolean fails;
    private final MockAdminClient admin = MockAdminClient.create().numBrokers(1).build();
    private final PauseStore store = new PauseStore(
            "desk",
            pauses,
            reader,
            new ByteProducers(
                    new Producers(Map.of()),
                    new ByteProducers.Patience(
                            Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1)),
                    Map.of()),
            () -> admin);

    PauseStoreTest() {
        reader.begins();
        reader.polled(false, true);
    }

    @AfterEach
    void end() {
        store.close();
        admin.close();
    }

    @Test
    void createsTheTopicAndStoresWhatIsOrdered() throws Exception {
        assertThat(store.pause(pause(ALL, "a")).get()).isEqualTo(new Order.Stored(false));

        assertThat(admin.listTopics().names().get()).containsExactly("desk");
        assertThat(pauses.list()).extracting(OperatorPause::id).containsExactly("a");

        CompletableFuture<Order> second = store.pause(pause(ALL, "b"));
        await().until(() -> {
            pauses.turned();
            return second.isDone();
        });
        assertThat(second.get()).as("the poll thread turned").isEqualTo(new Order.Stored(true));
        assertThat(store.resume(ALL).get()).isInstanceOf(Order.Stored.class);
        assertThat(pauses.list()).isEmpty();
        assertThat(written).containsExactly(Optional.of("a"), Optional.of("b"), Optional.empty());
    }

    /** Kafka may have stored it all the same. */
    @Test
    void whatFailedDoesNotCountAndWhatWasBeforeIsWrittenAgain() throws Exception {
        assertThat(store.pause(pause(ALL, "before")).get()).isInstanceOf(Order.Stored.class);

        fails = true;
        Order answer = store.pause(pause(ALL, "failed")).get();
        fails = false;

        assertThat(answer).isEqualTo(new Order.Failed("TimeoutException: not in time"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> written.getLast().equals(Optional.of("before")) && written.size() >= 3);
        assertThat(written).contains(Optional.of("failed"));
        assertThat(pauses.list()).extracting(OperatorPause::id).containsExactly("before");
    }

    @Test
    void partitionsThatAreNotThereAreNotPaused() throws Exception {
        createTopic("t", 2, Map.of());

        assertThat(store.pause(pause(new OfPartition("t", 2), "a")).get())
                .isEqualTo(new Order.Unknown("topic t has 2 partitions, numbered from 0"));
        assertThat(store.pause(pause(new OfPartition("u", 0), "a")).get())
                .isEqualTo(new Order.Unknown("there is no topic u"));
        assertThat(store.pause(pause(new OfPartition("t", 1), "a")).get()).isInstanceOf(Order.Stored.class);
        assertThat(store.resume(new OfPartition("u", 0)).get())
                .as("it may have gone since it was paused")
                .isInstanceOf(Order.Stored.class);
    }

    @Test
    void aTopicThatForgetsIsNotUsed() throws Exception {
        createTopic("desk", 1, Map.of("cleanup.policy", "compact,delete"));

        assertThat(store.pause(pause(ALL, "a")).get())
                .isEqualTo(new Order.Failed("the topic desk has cleanup.policy=compact,delete: it would forget pauses;"
                        + " it has to be compact"));
        assertThat(written).isEmpty();
    }

    @Test
    void nothingIsTakenAfterTheEnd() throws Exception {
        store.close();

        assertThat(store.pause(pause(ALL, "a")).get()).isEqualTo(new Order.Failed("the relay is stopping"));
    }

    private void createTopic(String name, int partitions, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                .all()
                .get();
    }

    private OperatorPause pause(PauseTarget target, String id) {
        return new OperatorPause(target, id, "why", "alice", clock.instant(), Optional.empty());
    }

    private void store(ProducerRecord<byte[], byte[]> record) {
        reading.lock();
        try {
            written.add(Optional.ofNullable(record.value())
                    .map(value -> PauseFormat.pause(ALL, value).orElseThrow().id()));
            reader.read(new ConsumerRecord<>("desk", 0, 0, record.key(), record.value()));
            reader.polled(true, true);
        } finally {
            reading.unlock();
        }
    }

    /** Each producer stores what it is given, and may say that it failed. */
    private final class Producers extends DefaultKafkaProducerFactory<byte[], byte[]> {

        Producers(Map<String, Object> configuration) {
            super(configuration);
        }

        @Override
        public Producers copyWithConfigurationOverride(@Nullable Map<String, Object> properties) {
            Map<String, Object> all = new HashMap<>(getConfigurationProperties());
            all.putAll(Objects.requireNonNull(properties));
            return new Producers(all);
        }

        @Override
        protected Producer<byte[], byte[]> createRawProducer(Map<String, Object> configuration) {
            return new MockProducer<>(
                    true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer()) {
                @Override
                public synchronized Future<RecordMetadata> send(
                        ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
                    store(record);
                    return fails
                            ? CompletableFuture.failedFuture(new TimeoutException("not in time"))
                            : super.send(record, callback);
                }
            };
        }
    }
}

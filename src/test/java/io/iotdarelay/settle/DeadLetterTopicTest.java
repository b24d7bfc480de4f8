package io.iotdarelay.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.kafka.Reach;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class DeadLetterTopicTest {

    private Reach reach = Reach.WHOLE;
    private final AtomicInteger opened = new AtomicInteger();
    private Optional<RuntimeException> failure = Optional.empty();
    private boolean exists = true;

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                @Override
                public List<PartitionInfo> partitionsFor(String topic) {
                    failure.ifPresent(thrown -> {
                        throw thrown;
                    });
                    return exists ? List.of(new PartitionInfo(topic, 0, null, new Node[0], new Node[0])) : List.of();
                }
            };

    private final DeadLetterTopic topic = new DeadLetterTopic(
            "dlt",
            () -> reach,
            () -> {
                opened.incrementAndGet();
                return producer;
            },
            MockAdminClient::new);

    @Test
    void opensTheProducerWhenKafkaCanBeReached() {
        reach = new Reach(Optional.of("cannot reach Kafka: cannot resolve nowhere.invalid:9092"), List.of());
        assertThat(topic.examine()).isFalse();
        assertThat(topic.trouble()).contains("cannot reach Kafka: cannot resolve nowhere.invalid:9092");
        assertThat(topic.producer()).isEmpty();

        reach = Reach.WHOLE;
        assertThat(topic.examine()).isTrue();
        assertThat(topic.trouble()).isEmpty();
        assertThat(topic.producer()).contains(producer);
        assertThat(topic.examine()).isTrue();
        assertThat(opened).hasValue(1);
    }

    @Test
    void namesATopicThatIsMissing() {
        exists = false;
        assertThat(topic.examine()).isFalse();
        assertThat(topic.trouble()).contains("topic dlt does not exist");

        failure = Optional.of(new TimeoutException(
                "Topic dlt not present in metadata after 5000 ms.", new UnknownTopicOrPartitionException("not here")));
        assertThat(topic.examine()).isFalse();
        assertThat(topic.trouble()).contains("topic dlt does not exist");
        assertThat(topic.explain(new UnknownTopicOrPartitionException("not here")))
                .isEqualTo("topic dlt does not exist");

        exists = true;
        failure = Optional.empty();
        assertThat(topic.examine()).isTrue();
    }

    @Test
    void namesWhatIsNotPermitted() {
        failure = Optional.of(new TopicAuthorizationException(Set.of("dlt")));
        assertThat(topic.examine()).isFalse();
        assertThat(topic.trouble()).contains("not permitted to WRITE topic dlt");

        failure = Optional.of(new TimeoutException("no answer"));
        assertThat(topic.examine()).isFalse();
        assertThat(topic.trouble()).contains("TimeoutException: no answer");
    }

    @Test
    void doesWithoutAnAdminClient() {
        DeadLetterTopic without = new DeadLetterTopic("dlt", () -> Reach.WHOLE, () -> producer, () -> {
            throw new KafkaException("cannot be opened");
        });

        assertThat(without.examine()).isTrue();
        without.close();
    }

    @Test
    void closesItsAdminClient() {
        AtomicInteger closed = new AtomicInteger();
        DeadLetterTopic closing =
                new DeadLetterTopic("dlt", () -> Reach.WHOLE, () -> producer, () -> new MockAdminClient() {
                    @Override
                    public synchronized void close(Duration timeout) {
                        closed.incrementAndGet();
                    }
                });
        closing.examine();
        closing.close();

        assertThat(closed).hasValue(1);
    }
}

package io.iotdarelay.settle;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** The producer of dead letters and its thread, from Spring's factory, with what the relay's promises depend on. */
public final class DeadLetters implements AutoCloseable {

    /** Larger than what brokers accept by default: whether a record is too large is the broker's word. */
    private static final int MAX_REQUEST_SIZE = 64 * 1024 * 1024;

    /** How long the thread may hang in a send while the topic cannot be found. */
    private static final Duration MAX_BLOCK = Duration.ofSeconds(5);

    /** A letter that cannot be written has to be known within half a minute; it is tried again after that. */
    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(15);

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(7);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final ProducerFactory<?, ?> factory;
    private final Producer<byte[], byte[]> producer;
    private final ScheduledExecutorService thread;
    private final String topic;
    private final String consumerGroup;
    private final Clock clock;

    public DeadLetters(ProducerFactory<?, ?> factory, String topic, String consumerGroup, Clock clock) {
        this.factory = factory.copyWithConfigurationOverride(required());
        this.producer = open(this.factory);
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("relay-dead-letters").daemon().factory());
        this.topic = topic;
        this.consumerGroup = consumerGroup;
        this.clock = clock;
    }

    /** The writer; there should be one. */
    public DeadLetterWriter writer(BiConsumer<RecordInFlight, Rejection> acknowledged) {
        return new DeadLetterWriter(producer, thread, topic, consumerGroup, clock, acknowledged);
    }

    /** What Spring's factory hands out is shared, and closed with the factory only. */
    @Override
    public void close() {
        thread.shutdownNow();
        if (factory instanceof DefaultKafkaProducerFactory<?, ?> standard) {
            standard.setPhysicalCloseTimeout((int) CLOSE_TIMEOUT.toSeconds());
        }
        factory.reset();
    }

    static Map<String, Object> required() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_SIZE);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) REQUEST_TIMEOUT.toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
        return properties;
    }

    @SuppressWarnings("unchecked") // the serializers are set right here
    private static Producer<byte[], byte[]> open(ProducerFactory<?, ?> factory) {
        return (Producer<byte[], byte[]>) factory.createProducer();
    }
}

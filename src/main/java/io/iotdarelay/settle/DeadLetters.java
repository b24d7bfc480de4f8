package io.iotdarelay.settle;

import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.ClientSettings;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * The dead letters' producer, from Spring's factory, with the settings that the relay's promises depend on. The threads of all topics use
 * it; its buffer is the only thing that they share.
 */
public final class DeadLetters implements AutoCloseable {

    /** Larger than what brokers accept by default: the broker decides whether a record is too large. */
    private static final int MAX_REQUEST_SIZE = 64 * 1024 * 1024;

    /** How long the thread may hang in a send while the topic cannot be found. */
    private static final Duration MAX_BLOCK = Duration.ofSeconds(5);

    /** A failed write has to be noticed within half a minute; it is retried after that. */
    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(15);

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(7);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final ProducerFactory<?, ?> factory;
    private final String standard;
    private final String consumerGroup;
    private final Clock clock;
    private final Backoff backoff;

    /**
     * Nothing is open yet.
     *
     * @param standard the topic of routes that have none of their own
     */
    public DeadLetters(
            ProducerFactory<?, ?> factory, String standard, String consumerGroup, Clock clock, Backoff backoff) {
        this.factory = factory.copyWithConfigurationOverride(required());
        this.standard = standard;
        this.consumerGroup = consumerGroup;
        this.clock = clock;
        this.backoff = backoff;
    }

    /**
     * The topics, which the caller closes; there should be only one of this.
     *
     * @param acknowledged called for each dead letter that Kafka has acknowledged, on the producer's thread
     */
    public DeadLetterTopics topics(BiConsumer<RecordInFlight, Rejection> acknowledged) {
        return new DeadLetterTopics(
                standard,
                name -> new DeadLetterTopic(
                        name,
                        new Bootstrap(properties())::check,
                        this::open,
                        () -> Admin.create(ClientSettings.admin(properties()))),
                name -> Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                        .name("relay-dead-letters" + (name.equals(standard) ? "" : "-" + name))
                        .daemon()
                        .factory()),
                (topic, thread, handedOn) ->
                        new DeadLetterWriter(topic, thread, consumerGroup, clock, backoff, handedOn, acknowledged));
    }

    /** Producers of Spring's factory are shared, and only closed with the factory. */
    @Override
    public void close() {
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

    private Map<String, Object> properties() {
        return factory.getConfigurationProperties();
    }

    @SuppressWarnings("unchecked") // the serializers are set right here
    private Producer<byte[], byte[]> open() {
        return (Producer<byte[], byte[]>) factory.createProducer();
    }
}

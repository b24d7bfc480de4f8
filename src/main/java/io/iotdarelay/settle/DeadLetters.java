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
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * The dead letters' producer and its thread, from Spring's factory, with the settings that the relay's promises depend on.
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

    private static final Duration EXAMINE_AGAIN = Duration.ofSeconds(5);
    private static final Duration EXAMINE_EVERY = Duration.ofMinutes(1);

    private final ProducerFactory<?, ?> factory;
    private final DeadLetterTopic topic;
    private final ScheduledExecutorService thread;
    private final String consumerGroup;
    private final Clock clock;
    private final Backoff backoff;

    public DeadLetters(
            ProducerFactory<?, ?> factory, String topic, String consumerGroup, Clock clock, Backoff backoff) {
        this.factory = factory.copyWithConfigurationOverride(required());
        this.topic = new DeadLetterTopic(
                topic,
                new Bootstrap(properties())::check,
                this::open,
                () -> Admin.create(ClientSettings.admin(properties())));
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("relay-dead-letters").daemon().factory());
        this.consumerGroup = consumerGroup;
        this.clock = clock;
        this.backoff = backoff;
    }

    /** The writer; there should be only one. From now on the topic is checked periodically. */
    public DeadLetterWriter writer(BiConsumer<RecordInFlight, Rejection> acknowledged) {
        thread.execute(this::examine);
        return new DeadLetterWriter(topic, thread, consumerGroup, clock, backoff, acknowledged);
    }

    private void examine() {
        Duration pause = topic.examine() ? EXAMINE_EVERY : EXAMINE_AGAIN;
        try {
            Future<?> unused = thread.schedule(this::examine, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            topic.close();
        }
    }

    /** Producers of Spring's factory are shared, and only closed with the factory. */
    @Override
    public void close() {
        thread.shutdownNow();
        topic.close();
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

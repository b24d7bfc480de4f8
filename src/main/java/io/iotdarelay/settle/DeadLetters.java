package io.iotdarelay.settle;

import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.ByteProducers;
import io.iotdarelay.kafka.ClientSettings;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.kafka.core.ProducerFactory;

/**
 * The dead letters' producer, from Spring's factory, with the settings that the relay's promises depend on. The threads of all topics use
 * it; its buffer is the only thing that they share.
 */
public final class DeadLetters implements AutoCloseable {

    /** Larger than what brokers accept by default: the broker decides whether a record is too large. */
    private static final int MAX_REQUEST_SIZE = 64 * 1024 * 1024;

    /** A failed write has to be noticed within half a minute; it is retried after that. */
    private static final ByteProducers.Patience PATIENCE = new ByteProducers.Patience(
            Duration.ofSeconds(5), Duration.ofSeconds(7), Duration.ofSeconds(15), Duration.ofSeconds(5));

    private final ByteProducers producers;
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
        this.producers =
                new ByteProducers(factory, PATIENCE, Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_SIZE));
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
                        new Bootstrap(producers.configuration())::check,
                        producers::open,
                        () -> Admin.create(ClientSettings.admin(producers.configuration()))),
                name -> Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                        .name("relay-dead-letters" + (name.equals(standard) ? "" : "-" + name))
                        .daemon()
                        .factory()),
                (topic, thread, handedOn) ->
                        new DeadLetterWriter(topic, thread, consumerGroup, clock, backoff, handedOn, acknowledged));
    }

    @Override
    public void close() {
        producers.close();
    }
}

package io.iotdarelay.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Producers from Spring's factory for what the relay keeps in topics of its own: all replicas have what was acknowledged, and each record is
 * there once. They are shared, and only closed with this.
 */
public final class ByteProducers implements AutoCloseable {

    private final ProducerFactory<?, ?> factory;

    /**
     * How long they may take.
     *
     * @param block a send, while the topic cannot be found or the buffer is full
     * @param request a request
     * @param delivery a record, with all its requests
     * @param close the end; what is not written then is lost
     */
    public record Patience(Duration block, Duration request, Duration delivery, Duration close) {}

    /**
     * Nothing is open yet.
     *
     * @param factory with the connection to Kafka
     * @param more further properties
     */
    public ByteProducers(ProducerFactory<?, ?> factory, Patience patience, Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience.block().toMillis());
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int)
                patience.request().toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                patience.delivery().toMillis());
        this.factory = factory.copyWithConfigurationOverride(properties);
        if (this.factory instanceof DefaultKafkaProducerFactory<?, ?> standard) {
            standard.setPhysicalCloseTimeout((int) patience.close().toSeconds());
        }
    }

    /** The configuration that they have. */
    public Map<String, Object> configuration() {
        return factory.getConfigurationProperties();
    }

    /** One; the same each time, as long as that can be used. */
    @SuppressWarnings("unchecked") // the serializers are set right here
    public Producer<byte[], byte[]> open() {
        return (Producer<byte[], byte[]>) factory.createProducer();
    }

    /** A new one; the one before, if there was one, is closed. */
    public Producer<byte[], byte[]> replace() {
        factory.reset();
        return open();
    }

    @Override
    public void close() {
        factory.reset();
    }

    /**
     * Ends the thread of a writer after what it has been given.
     *
     * @param flush what it does at last
     * @return whether all of it was done in time
     */
    public static boolean finish(ExecutorService thread, Runnable flush, Duration atMost) {
        thread.execute(flush);
        thread.shutdown();
        try {
            return thread.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

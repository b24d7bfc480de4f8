package io.iotdarelay.source;

import io.iotdarelay.kafka.Bootstrap;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.kafka.core.ConsumerFactory;

/** Makes consumers from Spring's factory, with what the relay's promises depend on. */
public final class Consumers {

    /** Within this time topics that are new match a pattern, and partitions that are new are read. Kafka's default is 5 minutes. */
    private static final Duration METADATA_AGE = Duration.ofSeconds(30);

    private final ConsumerFactory<?, ?> factory;

    public Consumers(ConsumerFactory<?, ?> factory) {
        this.factory = factory;
    }

    /** The group that offsets are committed for. */
    public String groupId() {
        return Objects.toString(factory.getConfigurationProperties().get(ConsumerConfig.GROUP_ID_CONFIG), "");
    }

    /** Whether a consumer whose position retention has deleted continues at the start of the log. */
    boolean resetsToStart() {
        return "earliest".equals(configured(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG));
    }

    /** Whether records of open transactions, and all behind them, are held back. */
    boolean isReadCommitted() {
        return "read_committed".equals(configured(ConsumerConfig.ISOLATION_LEVEL_CONFIG));
    }

    private String configured(String key) {
        return Objects.toString(factory.getConfigurationProperties().get(key), "")
                .toLowerCase(Locale.ROOT);
    }

    /** Checks whether consumers can reach the cluster. */
    Bootstrap bootstrap() {
        return new Bootstrap(factory.getConfigurationProperties());
    }

    /** Asks the cluster that consumers read from. The caller closes it. */
    ClusterAdmin admin() {
        return ClusterAdmin.of(factory.getConfigurationProperties());
    }

    @SuppressWarnings("unchecked") // the deserializers are set right here
    Consumer<byte[], byte[]> open() {
        return (Consumer<byte[], byte[]>)
                factory.createConsumer(null, null, null, required(factory.getConfigurationProperties()));
    }

    static Properties required(Map<String, Object> configured) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        if (!configured.containsKey(ConsumerConfig.METADATA_MAX_AGE_CONFIG)) {
            properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, Long.toString(METADATA_AGE.toMillis()));
        }
        if (isClassic(configured) && !configured.containsKey(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG)) {
            properties.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        }
        return properties;
    }

    private static boolean isClassic(Map<String, Object> configured) {
        Object protocol =
                configured.getOrDefault(ConsumerConfig.GROUP_PROTOCOL_CONFIG, ConsumerConfig.DEFAULT_GROUP_PROTOCOL);
        return !GroupProtocol.CONSUMER.name().equals(protocol.toString().toUpperCase(Locale.ROOT));
    }
}

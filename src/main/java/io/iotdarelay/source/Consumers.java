package io.iotdarelay.source;

import io.iotdarelay.kafka.Bootstrap;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/** Creates consumers from Spring's configuration, with the settings that the relay's promises depend on. */
public final class Consumers {

    /**
     * How soon members hear of a rebalance, which takes two rounds: a partition that moves waits for both. Kafka's default is 3 seconds. With
     * the consumer protocol the broker says it.
     */
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    /** How soon new topics that match a pattern, and new partitions, are read. Kafka's default is 5 minutes. */
    private static final Duration METADATA_AGE = Duration.ofSeconds(30);

    /** Kafka's defaults, in milliseconds. */
    private static final long SESSION_TIMEOUT = 45_000;

    private static final long MAX_POLL_INTERVAL = 300_000;

    /** Creates a consumer. */
    @FunctionalInterface
    interface Opener {
        Consumer<byte[], byte[]> open(
                Map<String, Object> configuration, Deserializer<byte[]> keys, Deserializer<byte[]> values);
    }

    /** The factory's name, as elsewhere; the names of metrics depend on it. */
    private static final String BEAN_NAME = "kafkaConsumerFactory";

    private final Map<String, Object> configured;
    private final Opener opener;

    Consumers(Map<String, Object> configured, Opener opener) {
        this.configured = Map.copyOf(configured);
        this.opener = opener;
    }

    /** Those that Spring's factory creates, with its configuration and its listeners. */
    @SuppressWarnings("unchecked") // listeners and post-processors do not touch keys or values
    static Consumers of(ConsumerFactory<?, ?> factory) {
        ConsumerFactory<byte[], byte[]> original = (ConsumerFactory<byte[], byte[]>) factory;
        return new Consumers(factory.getConfigurationProperties(), (configuration, keys, values) -> {
            DefaultKafkaConsumerFactory<byte[], byte[]> own =
                    new DefaultKafkaConsumerFactory<>(configuration, keys, values);
            own.setBeanName(BEAN_NAME);
            original.getListeners().forEach(own::addListener);
            original.getPostProcessors().forEach(own::addPostProcessor);
            return own.createConsumer();
        });
    }

    /** The group that offsets are committed for. */
    public String groupId() {
        return Objects.toString(configured.get(ConsumerConfig.GROUP_ID_CONFIG), "");
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
        return Objects.toString(configured.get(key), "").toLowerCase(Locale.ROOT);
    }

    /** Checks whether consumers can reach the cluster. */
    Bootstrap bootstrap() {
        return new Bootstrap(configured);
    }

    /** Asks the cluster that consumers read from. The caller closes it. */
    ClusterAdmin admin() {
        return ClusterAdmin.of(configured);
    }

    /** For how long a member remains one after a heartbeat and a poll: half of each of the timeouts that end it. */
    Duration membershipLasts() {
        long session = number(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT);
        long poll = number(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, MAX_POLL_INTERVAL);
        return Duration.ofMillis(Math.min(session, poll) / 2);
    }

    private long number(String key, long otherwise) {
        return Long.parseLong(configured.getOrDefault(key, otherwise).toString().strip());
    }

    Consumer<byte[], byte[]> open(ReadLimits limits, PollBudget budget) {
        return opener.open(configuration(configured, limits), budget.keys(), budget.values());
    }

    static Map<String, Object> configuration(Map<String, Object> configured, ReadLimits limits) {
        Map<String, Object> configuration = new HashMap<>(configured);
        configuration.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        configuration.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        configuration.putIfAbsent(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_AGE.toMillis());
        if (isClassic(configured)) {
            configuration.putIfAbsent(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
            configuration.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) HEARTBEAT.toMillis());
        }
        configuration.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, limits.fetch());
        configuration.putIfAbsent(
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                Math.min(limits.fetch(), ConsumerConfig.DEFAULT_MAX_PARTITION_FETCH_BYTES));
        return configuration;
    }

    private static boolean isClassic(Map<String, Object> configured) {
        Object protocol =
                configured.getOrDefault(ConsumerConfig.GROUP_PROTOCOL_CONFIG, ConsumerConfig.DEFAULT_GROUP_PROTOCOL);
        return !GroupProtocol.CONSUMER.name().equals(protocol.toString().toUpperCase(Locale.ROOT));
    }
}

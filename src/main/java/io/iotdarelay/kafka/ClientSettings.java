package io.iotdarelay.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.ClientDnsLookup;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Converts the configuration of one kind of client to that of another kind. Pure. */
public final class ClientSettings {

    private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

    private ClientSettings() {}

    /**
     * The configuration of an admin client that reaches Kafka the way a consumer or producer does.
     *
     * @param configured that of the consumer or producer
     */
    public static Map<String, Object> admin(Map<String, Object> configured) {
        Map<String, Object> configuration = new HashMap<>(configured);
        // Keys that neither kind of client knows may belong to a security plug-in, and are kept.
        configuration
                .keySet()
                .removeIf(key -> (ConsumerConfig.configNames().contains(key)
                                || ProducerConfig.configNames().contains(key))
                        && !AdminClientConfig.configNames().contains(key));
        configuration.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
        configuration.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
        configuration.computeIfPresent(AdminClientConfig.CLIENT_ID_CONFIG, (key, id) -> id + "-admin");
        return configuration;
    }

    /** The bootstrap addresses, as configured. */
    static List<String> bootstrapServers(Map<String, Object> configured) {
        Object servers = configured.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        Stream<String> each = servers instanceof List<?> list
                ? list.stream().map(Objects::toString)
                : Stream.of(Objects.toString(servers, "").split(","));
        return each.map(String::strip).filter(address -> !address.isEmpty()).toList();
    }

    /** Whether reverse lookups are made for the names of bootstrap servers. */
    static boolean usesCanonicalNames(Map<String, Object> configured) {
        return ClientDnsLookup.RESOLVE_CANONICAL_BOOTSTRAP_SERVERS_ONLY
                .toString()
                .equals(configured.get(CommonClientConfigs.CLIENT_DNS_LOOKUP_CONFIG));
    }

    /** The configured protocol. */
    static String protocol(Map<String, Object> configured) {
        return Objects.toString(
                configured.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG),
                CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL);
    }
}

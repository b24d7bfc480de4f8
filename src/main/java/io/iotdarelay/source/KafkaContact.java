package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Whether the group's coordinator answers. A consumer whose brokers are gone reports nothing: its polls return no records,
 * as if there were nothing to read.
 */
final class KafkaContact {

    private static final String HEARTBEAT = "last-heartbeat-seconds-ago";
    private static final int MOST_OBSTACLES = 5;
    private static final double MILLIS = 1000;
    private static final Duration SILENT_AFTER = Duration.ofSeconds(15);
    private static final Duration JOIN_WITHIN = Duration.ofSeconds(30);

    private final Consumer<?, ?> consumer;
    private final ClusterWatch cluster;
    private final Instant opened;

    KafkaContact(Consumer<?, ?> consumer, ClusterWatch cluster, Instant opened) {
        this.consumer = consumer;
        this.cluster = cluster;
        this.opened = opened;
    }

    /** What is wrong with it, if anything, and the cause if it is known. */
    Optional<String> trouble(boolean joined, Instant now) {
        return silence(joined, now)
                .map(silence -> cluster.obstacles(now).stream()
                        .sorted()
                        .limit(MOST_OBSTACLES)
                        .reduce(silence, (text, obstacle) -> text + "; " + obstacle));
    }

    private Optional<String> silence(boolean joined, Instant now) {
        if (!joined) {
            return now.isBefore(opened.plus(JOIN_WITHIN))
                    ? Optional.empty()
                    : Optional.of("the consumer group does not answer");
        }
        return sinceHeartbeat().compareTo(SILENT_AFTER) < 0
                ? Optional.empty()
                : Optional.of("Kafka has not answered a heartbeat for more than 15 s");
    }

    /** How long ago the last heartbeat was sent, if one was: none is sent before the one before it was answered. */
    Duration sinceHeartbeat() {
        double secondsAgo = consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(HEARTBEAT))
                .mapToDouble(metric -> ((Number) metric.getValue().metricValue()).doubleValue())
                .findFirst()
                .orElse(0);
        return secondsAgo > 0 ? Duration.ofMillis((long) (secondsAgo * MILLIS)) : Duration.ZERO;
    }
}

package io.iotdarelay.source;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;

/**
 * What to read: topics by name, by pattern, or both. Kafka takes either a list or one pattern, so both together become one
 * pattern.
 */
public record Subscription(Set<String> topics, List<Pattern> patterns) {

    void subscribe(Consumer<?, ?> consumer, ConsumerRebalanceListener listener) {
        if (patterns.isEmpty()) {
            consumer.subscribe(topics, listener);
        } else {
            consumer.subscribe(asPattern(), listener);
        }
    }

    Pattern asPattern() {
        return Pattern.compile(
                Stream.of(topics.stream().map(Pattern::quote), patterns.stream().map(Pattern::pattern))
                        .flatMap(parts -> parts)
                        .map(part -> "(?:" + part + ")")
                        .collect(Collectors.joining("|")));
    }
}

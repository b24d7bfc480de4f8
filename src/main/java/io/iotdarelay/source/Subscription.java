package io.iotdarelay.source;

import io.iotdarelay.kafka.KafkaFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * What to read: topics by name, by pattern, or both. Kafka accepts either a list or one pattern, so both together become one
 * pattern.
 *
 * @param topics the route's name for each named topic
 * @param patterns those of further topics, in their order
 */
public record Subscription(Map<String, String> topics, List<ByPattern> patterns) {

    /** A route whose topics are found by a pattern. */
    public record ByPattern(Pattern topics, String route) {}

    public Subscription {
        topics = new LinkedHashMap<>(topics);
        patterns = List.copyOf(patterns);
    }

    /**
     * Subscribes to the topics and patterns.
     *
     * @param without topics that are left out
     */
    void subscribe(Consumer<?, ?> consumer, ConsumerRebalanceListener listener, Set<String> without) {
        if (patterns.isEmpty()) {
            consumer.subscribe(named(without), listener);
        } else {
            consumer.subscribe(asPattern(without), listener);
        }
    }

    /** Whether nothing is left without these topics. */
    boolean isNothing(Set<String> without) {
        return patterns.isEmpty() && named(without).isEmpty();
    }

    Pattern asPattern(Set<String> without) {
        String none = without.stream().map(Pattern::quote).collect(Collectors.joining("|"));
        return Pattern.compile((none.isEmpty() ? "" : "(?!(?:" + none + ")$)")
                + Stream.of(
                                topics.keySet().stream().map(Pattern::quote),
                                patterns.stream().map(each -> each.topics().pattern()))
                        .flatMap(parts -> parts)
                        .map(part -> "(?:" + part + ")")
                        .collect(Collectors.joining("|", "(?:", ")")));
    }

    /** The route that reads a topic. */
    Optional<String> route(String topic) {
        return Optional.ofNullable(topics.get(topic))
                .or(() -> patterns.stream()
                        .filter(candidate -> candidate.topics().matcher(topic).matches())
                        .findFirst()
                        .map(ByPattern::route));
    }

    /** A topic without READ permission, in words. */
    String refusal(String topic) {
        return "not permitted to READ topic " + topic
                + route(topic).map(route -> " (route " + route + ")").orElse("");
    }

    /** What made a consumer fail, in one line. */
    String explain(RuntimeException failure) {
        return failure instanceof TopicAuthorizationException refused
                        && !refused.unauthorizedTopics().isEmpty()
                ? refused.unauthorizedTopics().stream()
                        .sorted()
                        .map(this::refusal)
                        .collect(Collectors.joining("; "))
                : KafkaFailure.ofReading(failure);
    }

    private Set<String> named(Set<String> without) {
        Set<String> named = new TreeSet<>(topics.keySet());
        named.removeAll(without);
        return named;
    }
}

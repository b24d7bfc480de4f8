package io.iotdarelay.source;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * Which of the configured topics a consumer reads, and why it does not read the others. An unreadable topic is left out,
 * because Kafka's client reads nothing while it is subscribed to one; it is read again as soon as the brokers permit it.
 * Belongs to the poll thread.
 */
final class TopicSubscription {

    private final Subscription wanted;
    private final Consumer<?, ?> consumer;
    private final ConsumerRebalanceListener listener;

    /** Topics without READ permission, with the time when that was noticed. */
    private final Map<String, Instant> refused = new TreeMap<>();

    TopicSubscription(Subscription wanted, Consumer<?, ?> consumer, ConsumerRebalanceListener listener) {
        this.wanted = wanted;
        this.consumer = consumer;
        this.listener = listener;
    }

    void subscribe() {
        wanted.subscribe(consumer, listener, refused.keySet());
    }

    /**
     * A poll failed because of topics without READ permission.
     *
     * @throws TopicAuthorizationException if there are no others
     */
    void refuse(TopicAuthorizationException failure, Instant now) {
        Set<String> without = new HashSet<>(refused.keySet());
        without.addAll(failure.unauthorizedTopics());
        if (failure.unauthorizedTopics().isEmpty() || wanted.isNothing(without)) {
            throw failure;
        }
        boolean news = without.size() > refused.size();
        without.forEach(topic -> refused.putIfAbsent(topic, now));
        if (news) {
            subscribe();
        }
    }

    /** The topics to ask the brokers about. */
    Set<String> questionable() {
        Set<String> topics = new HashSet<>(wanted.topics().keySet());
        topics.addAll(refused.keySet());
        return topics;
    }

    /** Whether to ask for all topics. */
    boolean needsNames() {
        return !wanted.patterns().isEmpty();
    }

    /** Subscribes again to topics that may be read by now. Returns what is wrong with the others. */
    List<String> review(TopicsView view) {
        if (refused.entrySet()
                .removeIf(topic -> view.askedAt().isAfter(topic.getValue())
                        && view.states().get(topic.getKey()) == TopicsView.State.READABLE)) {
            subscribe();
        }
        Map<String, String> troubles = new TreeMap<>();
        wanted.topics().forEach((topic, route) -> {
            TopicsView.State state = view.states().get(topic);
            if (state == TopicsView.State.ABSENT) {
                troubles.put(topic, "topic " + topic + " of route " + route + " does not exist");
            } else if (state == TopicsView.State.FORBIDDEN) {
                troubles.put(topic, wanted.refusal(topic));
            }
        });
        refused.keySet().forEach(topic -> troubles.putIfAbsent(topic, wanted.refusal(topic)));
        Stream<String> unmatched = wanted.patterns().stream()
                .filter(pattern -> view.names()
                        .filter(names -> names.stream()
                                .noneMatch(
                                        name -> pattern.topics().matcher(name).matches()))
                        .isPresent())
                .map(pattern -> "no visible topic matches the topic-pattern of route " + pattern.route());
        return Stream.concat(troubles.values().stream(), unmatched).toList();
    }
}

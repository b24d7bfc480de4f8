package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.source.TopicsView.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class TopicSubscriptionTest {

    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Subscription wanted = new Subscription(Map.of("a", "first", "b", "second"), List.of());
    private final TopicSubscription topics = of(wanted);

    @Test
    void leavesOutATopicThatMustNotBeRead() {
        topics.subscribe();
        assertThat(consumer.subscription()).containsExactlyInAnyOrder("a", "b");

        topics.refuse(new TopicAuthorizationException(Set.of("b")), NOW);

        assertThat(consumer.subscription()).containsExactly("a");
        assertThat(topics.review(TopicsView.NOTHING)).containsExactly("not permitted to READ topic b (route second)");
        topics.refuse(new TopicAuthorizationException(Set.of("b")), NOW.plusSeconds(1));
        assertThat(consumer.subscription()).containsExactly("a");
    }

    @Test
    void readsItAgainWhenTheBrokersPermitIt() {
        topics.subscribe();
        topics.refuse(new TopicAuthorizationException(Set.of("b")), NOW);

        topics.review(view(NOW.minusSeconds(1), Map.of("b", State.READABLE)));
        assertThat(consumer.subscription()).containsExactly("a");
        topics.review(view(NOW.plusSeconds(1), Map.of("b", State.FORBIDDEN)));
        assertThat(consumer.subscription()).containsExactly("a");

        assertThat(topics.review(view(NOW.plusSeconds(2), Map.of("b", State.READABLE))))
                .isEmpty();
        assertThat(consumer.subscription()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void failsWhereNothingIsLeft() {
        topics.subscribe();
        TopicAuthorizationException all = new TopicAuthorizationException(Set.of("a", "b"));
        TopicAuthorizationException nameless = new TopicAuthorizationException("which?");

        assertThatThrownBy(() -> topics.refuse(all, NOW)).isSameAs(all);
        assertThatThrownBy(() -> topics.refuse(nameless, NOW)).isSameAs(nameless);
        assertThat(topics.review(TopicsView.NOTHING)).isEmpty();
        assertThat(wanted.explain(all))
                .isEqualTo("not permitted to READ topic a (route first); not permitted to READ topic b (route second)");
        assertThat(wanted.explain(nameless)).isEqualTo("not permitted to READ a topic: which?");
        assertThat(wanted.explain(GroupAuthorizationException.forGroupId("g")))
                .isEqualTo("not permitted to READ group g");
    }

    @Test
    void namesEachTopicThatIsAbsentOrForbidden() {
        assertThat(topics.questionable()).containsExactlyInAnyOrder("a", "b");
        assertThat(topics.needsNames()).isFalse();

        assertThat(topics.review(view(NOW, Map.of("a", State.ABSENT, "b", State.FORBIDDEN))))
                .containsExactly(
                        "topic a of route first does not exist", "not permitted to READ topic b (route second)");
    }

    @Test
    void namesAPatternThatMatchesNothing() {
        TopicSubscription patterns = of(new Subscription(
                Map.of(),
                List.of(
                        new Subscription.ByPattern(Pattern.compile("x\\..*"), "xs"),
                        new Subscription.ByPattern(Pattern.compile("y\\..*"), "ys"))));
        assertThat(patterns.needsNames()).isTrue();

        assertThat(patterns.review(new TopicsView(NOW, Map.of(), Optional.of(Set.of("x.1", "other")))))
                .containsExactly("no visible topic matches the topic-pattern of route ys");
        assertThat(patterns.review(TopicsView.NOTHING)).isEmpty();
    }

    @Test
    void namesTheRouteOfATopicThatAPatternFound() {
        Subscription pattern =
                new Subscription(Map.of(), List.of(new Subscription.ByPattern(Pattern.compile("x\\..*"), "xs")));
        TopicSubscription found = of(pattern);
        found.refuse(new TopicAuthorizationException(Set.of("x.1", "strange")), NOW);

        assertThat(found.questionable()).containsExactlyInAnyOrder("x.1", "strange");
        assertThat(found.review(TopicsView.NOTHING))
                .containsExactly("not permitted to READ topic strange", "not permitted to READ topic x.1 (route xs)");
    }

    @Test
    void reportsManyProblemsInOneLine() {
        assertThat(SourceStatus.together(List.of())).isEmpty();
        assertThat(SourceStatus.together(List.of("a", "b"))).contains("a; b");
        assertThat(SourceStatus.together(List.of("a", "b", "c", "d", "e", "f", "g")))
                .contains("a; b; c; d; e; and 2 more");
    }

    private TopicSubscription of(Subscription subscription) {
        return new TopicSubscription(subscription, consumer, new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(java.util.Collection<TopicPartition> partitions) {}

            @Override
            public void onPartitionsAssigned(java.util.Collection<TopicPartition> partitions) {}
        });
    }

    private static TopicsView view(Instant askedAt, Map<String, State> states) {
        return new TopicsView(askedAt, states, Optional.empty());
    }
}

package io.iotdarelay.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnknownHostException;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaFailureTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(
                        new TopicAuthorizationException(Set.of("b", "a")),
                        "not permitted to WRITE topic a; not permitted to WRITE topic b"),
                Arguments.of(new TopicAuthorizationException("nameless"), "not permitted to WRITE a topic: nameless"),
                Arguments.of(GroupAuthorizationException.forGroupId("g"), "not permitted to READ group g"),
                Arguments.of(
                        new ClusterAuthorizationException("Cluster authorization failed."),
                        "not permitted to WRITE any topic, nor to IDEMPOTENT_WRITE on the cluster:"
                                + " Cluster authorization failed."),
                Arguments.of(
                        new SaslAuthenticationException("invalid credentials"),
                        "authentication failed: invalid credentials"),
                Arguments.of(
                        new SslAuthenticationException(
                                "SSL handshake failed", new SSLHandshakeException("no path found")),
                        "the TLS handshake failed: no path found"),
                Arguments.of(new SSLHandshakeException("expired"), "the TLS handshake failed: expired"),
                Arguments.of(new UnknownHostException("kafka-1"), "cannot resolve kafka-1"),
                Arguments.of(
                        new TimeoutException(
                                "Topic t not present in metadata after 5000 ms.",
                                new UnknownTopicOrPartitionException("not hosted here")),
                        "the topic does not exist: not hosted here (Topic t not present in metadata after 5000 ms.)"),
                Arguments.of(new TimeoutException("no answer"), "TimeoutException: no answer"),
                Arguments.of(
                        new KafkaException("Failed to construct kafka consumer", new ConfigException("no file")),
                        "KafkaException: Failed to construct kafka consumer: no file"),
                Arguments.of(new KafkaException("same", new KafkaException("same")), "KafkaException: same"),
                Arguments.of(new KafkaException("outer", new IllegalStateException()), "KafkaException: outer"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void saysWhatIsMissing(Throwable failure, String expected) {
        assertThat(KafkaFailure.ofWriting(failure)).isEqualTo(expected);
    }

    @Test
    void endsWithCausesThatGoRoundInCircles() {
        KafkaException one = new KafkaException("one");
        one.initCause(new KafkaException("two", one));

        assertThat(KafkaFailure.ofReading(one)).startsWith("KafkaException: one");
    }

    @Test
    void namesTheOperationOfAReader() {
        assertThat(KafkaFailure.ofReading(new TopicAuthorizationException(Set.of("t"))))
                .isEqualTo("not permitted to READ topic t");
    }

    @Test
    void needsAStackTraceForWhatNobodyExplains() {
        assertThat(KafkaFailure.isExplained(new TopicAuthorizationException("t")))
                .isTrue();
        assertThat(KafkaFailure.isExplained(new ConfigException("c"))).isTrue();
        assertThat(KafkaFailure.isExplained(new IllegalStateException())).isFalse();
    }
}

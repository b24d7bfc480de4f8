package io.iotdarelay.kafka;

import java.net.UnknownHostException;
import java.util.Collection;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Explains a Kafka client's exception in one line: which permission, which topic, which name. Pure. */
public final class KafkaFailure {

    private static final int MOST_CAUSES = 20;

    private KafkaFailure() {}

    /** Why something that reads failed. */
    public static String ofReading(Throwable failure) {
        return describe(failure, "READ");
    }

    /** Why something that writes failed. */
    public static String ofWriting(Throwable failure) {
        return describe(failure, "WRITE");
    }

    /** Whether the brokers or the configuration are the cause, so that a stack trace adds nothing. */
    public static boolean isExplained(Throwable failure) {
        return failure instanceof ApiException || failure instanceof ConfigException;
    }

    private static String describe(Throwable failure, String operation) {
        return switch (failure) {
            case TopicAuthorizationException refused -> topics(refused, operation);
            case GroupAuthorizationException refused ->
                "not permitted to READ group " + (refused.groupId() == null ? "" : refused.groupId());
            case ClusterAuthorizationException refused ->
                "not permitted to " + operation + " any topic, nor to IDEMPOTENT_WRITE on the cluster: "
                        + refused.getMessage();
            case SaslAuthenticationException refused -> "authentication failed: " + refused.getMessage();
            case SslAuthenticationException refused -> "the TLS handshake failed: " + message(innermost(refused));
            case SSLException refused -> "the TLS handshake failed: " + message(innermost(refused));
            case UnknownHostException unknown -> "cannot resolve " + unknown.getMessage();
            case UnknownTopicOrPartitionException unknown -> "the topic does not exist: " + unknown.getMessage();
            case TimeoutException late -> ofTimeout(late, operation);
            default -> ofAny(failure);
        };
    }

    /** A producer reports what it waited for in this way. */
    private static String ofTimeout(TimeoutException late, String operation) {
        return late.getCause() instanceof ApiException cause
                ? describe(cause, operation) + " (" + late.getMessage() + ")"
                : ofAny(late);
    }

    private static String topics(TopicAuthorizationException refused, String operation) {
        Collection<String> topics = refused.unauthorizedTopics();
        return topics.isEmpty()
                ? "not permitted to " + operation + " a topic: " + refused.getMessage()
                : topics.stream()
                        .sorted()
                        .map(topic -> "not permitted to " + operation + " topic " + topic)
                        .collect(Collectors.joining("; "));
    }

    /** Kafka wraps the exception about a key, a file or a name. */
    private static String ofAny(Throwable failure) {
        Throwable inner = innermost(failure);
        String outer = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        return inner.equals(failure) || inner.getMessage() == null || outer.contains(inner.getMessage())
                ? outer
                : outer + ": " + message(inner);
    }

    private static String message(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static Throwable innermost(Throwable failure) {
        Throwable inner = failure;
        for (int i = 0; i < MOST_CAUSES; i++) {
            @Nullable Throwable cause = inner.getCause();
            if (cause == null) {
                return inner;
            }
            inner = cause;
        }
        return inner;
    }
}

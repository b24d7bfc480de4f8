package io.iotdarelay.source;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RecordDeserializationException;

/** Finds out whether a poll failed because of one partition: a batch that is corrupt or cannot be decompressed. Pure. */
final class FetchFailure {

    /*
     * There is no exception of its own for this. CompletedFetch throws a plain KafkaException that names the partition in its
     * message, and so does FetchCollector for a batch that the broker itself found corrupt. Everything else that a poll throws
     * for good reasons (authorization, a fenced instance, an unsupported version) is an ApiException and concerns all partitions.
     */

    /** The characters that separate words in these messages, including what follows a partition's name. */
    private static final Pattern SEPARATOR = Pattern.compile("[=.,;:]?(?:\\s|$)+|=");

    private FetchFailure() {}

    /** The partition, if exactly one of the assigned ones is named. */
    static Optional<TopicPartition> partition(KafkaException failure, Set<TopicPartition> assigned) {
        if (failure instanceof RecordDeserializationException named) {
            return Optional.of(named.topicPartition()).filter(assigned::contains);
        }
        if (failure instanceof ApiException || failure.getMessage() == null) {
            return Optional.empty();
        }
        Set<String> words =
                Set.copyOf(SEPARATOR.splitAsStream(failure.getMessage()).toList());
        var named = assigned.stream()
                .filter(partition -> words.contains(partition.toString()))
                .toList();
        return named.size() == 1 ? Optional.of(named.getFirst()) : Optional.empty();
    }

    /** What is wrong, in Kafka's words. */
    static String reason(KafkaException failure) {
        Throwable cause = failure.getCause();
        return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
    }
}

package io.iotdarelay.source;

import io.iotdarelay.settle.TopicIdentity;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * What is known about a partition from elsewhere.
 *
 * @param unread records up to the last stable offset that the consumer has not returned, if it knows that
 * @param position the next offset that the consumer will return, if it has one
 * @param bounds the ends of the log, if the brokers have reported them
 * @param askedAt when the brokers were asked for that
 * @param topic which topic it is, if the brokers have reported it
 * @param retention how long the topic keeps its records
 * @param oldest where the oldest record in flight is, if known
 */
record Observation(
        OptionalLong unread,
        OptionalLong position,
        Optional<LogBounds> bounds,
        Instant askedAt,
        Optional<TopicIdentity> topic,
        Retention retention,
        Optional<Whereabouts> oldest) {

    static Observation of(
            ClusterView view,
            TopicPartition partition,
            OptionalLong unread,
            OptionalLong position,
            Optional<Whereabouts> oldest) {
        return new Observation(
                unread,
                position,
                Optional.ofNullable(view.bounds().get(partition)),
                view.askedAt(),
                Optional.ofNullable(view.identities().get(partition.topic())),
                view.retentions().getOrDefault(partition.topic(), new Retention.Unknown()),
                oldest);
    }
}

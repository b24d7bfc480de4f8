package io.iotdarelay.source;

import io.iotdarelay.settle.TopicIdentity;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * What is known about a partition when it is assigned.
 *
 * @param commit what the group has committed
 * @param topic which topic it is, if Kafka says so
 * @param finished what previous owners had finished beyond the committed offset; nothing while the topic's identity is
 * unknown
 */
record Takeover(Optional<OffsetAndMetadata> commit, Optional<TopicIdentity> topic, TopicIdentity.Opened finished) {

    static final Takeover UNKNOWN = new Takeover(Optional.empty(), Optional.empty(), TopicIdentity.Opened.NOTHING);

    /** The offset that the group has committed. */
    OptionalLong committed() {
        return commit.map(found -> OptionalLong.of(found.offset())).orElse(OptionalLong.empty());
    }
}

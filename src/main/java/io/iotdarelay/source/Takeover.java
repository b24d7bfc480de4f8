package io.iotdarelay.source;

import io.iotdarelay.settle.TopicIdentity;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a partition when it is assigned.
 *
 * @param committed the offset that the group has committed
 * @param topic which topic it is, if Kafka says so
 * @param finished what former owners had finished beyond the committed offset; nothing while it is not known which topic it is
 */
record Takeover(OptionalLong committed, Optional<TopicIdentity> topic, TopicIdentity.Opened finished) {

    static final Takeover UNKNOWN = new Takeover(OptionalLong.empty(), Optional.empty(), TopicIdentity.Opened.NOTHING);
}

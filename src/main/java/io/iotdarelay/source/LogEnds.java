package io.iotdarelay.source;

import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Where logs end.
 *
 * @param askedAt when the brokers were asked
 */
record LogEnds(Instant askedAt, Map<TopicPartition, Long> offsets) {

    static final LogEnds UNKNOWN = new LogEnds(Instant.EPOCH, Map.of());

    LogEnds {
        offsets = Map.copyOf(offsets);
    }
}

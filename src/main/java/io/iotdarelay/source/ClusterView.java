package io.iotdarelay.source;

import io.iotdarelay.settle.TopicIdentity;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What the brokers reported about the cluster. What they did not report is missing.
 *
 * @param askedAt when they were asked; everything is from then or later
 */
record ClusterView(
        Instant askedAt,
        Map<TopicPartition, LogBounds> bounds,
        Map<String, TopicIdentity> identities,
        Map<String, Retention> retentions) {

    static final ClusterView NOTHING = new ClusterView(Instant.EPOCH, Map.of(), Map.of(), Map.of());

    ClusterView {
        bounds = Map.copyOf(bounds);
        identities = Map.copyOf(identities);
        retentions = Map.copyOf(retentions);
    }
}

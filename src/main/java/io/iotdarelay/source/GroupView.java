package io.iotdarelay.source;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * What the group's coordinator reported about it.
 *
 * @param askedAt when it was asked; everything is from then or later
 * @param members the IDs of the members
 * @param assigned whose each partition is; empty while the group is being rebalanced
 * @param committed the committed offsets
 * @param table the table of shares that is in force, if there is one
 */
record GroupView(
        Instant askedAt,
        Set<String> members,
        Map<TopicPartition, String> assigned,
        Map<TopicPartition, Long> committed,
        Optional<ShareTable> table) {

    static final GroupView NOTHING = new GroupView(Instant.EPOCH, Set.of(), Map.of(), Map.of(), Optional.empty());

    GroupView {
        members = Set.copyOf(members);
        assigned = Map.copyOf(assigned);
        committed = Map.copyOf(committed);
    }
}

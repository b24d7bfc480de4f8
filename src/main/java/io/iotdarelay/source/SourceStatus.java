package io.iotdarelay.source;

import java.util.List;
import java.util.Optional;

/**
 * How reading from Kafka fares, as of about the last second.
 *
 * @param joined whether the consumer is a member of its group, and the group answers
 * @param trouble why the consumer cannot work, if so
 * @param partitions the partitions of this instance
 */
public record SourceStatus(boolean joined, Optional<String> trouble, List<PartitionStatus> partitions) {

    public SourceStatus {
        partitions = List.copyOf(partitions);
    }
}

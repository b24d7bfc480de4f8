package io.iotdarelay.source;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How reading from Kafka fares, as of the last turn of the poll loop.
 *
 * @param joined whether the consumer is a member of its group
 * @param turned when the poll loop last turned
 * @param trouble why the consumer cannot work, if so
 * @param partitions the partitions of this instance
 */
public record SourceStatus(boolean joined, Instant turned, Optional<String> trouble, List<PartitionStatus> partitions) {

    public SourceStatus {
        partitions = List.copyOf(partitions);
    }
}

package io.iotdarelay.source;

import io.iotdarelay.metrics.PartitionMeters;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of reading from Kafka, at most about a second old.
 *
 * @param joined whether the consumer is a member of its group, and the group answers
 * @param trouble why the consumer cannot work, if so
 * @param partitions the partitions of this instance
 */
public record SourceStatus(boolean joined, Optional<String> trouble, List<PartitionStatus> partitions) {

    public SourceStatus {
        partitions = List.copyOf(partitions);
    }

    private static final int MOST_TROUBLES = 5;

    /** Several problems in one line, which is not much longer for hundreds of them. */
    static Optional<String> together(List<String> troubles) {
        String more = troubles.size() > MOST_TROUBLES ? "; and " + (troubles.size() - MOST_TROUBLES) + " more" : "";
        return troubles.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join("; ", troubles.subList(0, Math.min(troubles.size(), MOST_TROUBLES))) + more);
    }

    /**
     * Records that retention deleted before they were read. Offsets count; where a topic is compacted or transactional there were fewer
     * records than that.
     *
     * @param from the first offset that is lost
     * @param to the offset after the last one that is lost
     * @param noticedAt when that was noticed
     */
    public record Loss(String topic, int partition, long from, long to, Instant noticedAt) {

        /** At most this many records. */
        public long count() {
            return to - from;
        }

        PartitionMeters.Lost reading() {
            return new PartitionMeters.Lost(topic, partition, count());
        }
    }
}

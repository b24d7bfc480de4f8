package io.iotdarelay.source;

import io.iotdarelay.metrics.PartitionMeters;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How one partition fares.
 *
 * @param committed the offset that Kafka holds, where this instance has committed one
 * @param lag records in Kafka that are not settled yet, where it is known
 * @param inFlight records that are begun and not settled
 * @param oldestUnfinished how long ago the record began that holds the frontier; zero where none is in flight
 * @param stalled for how long the frontier has stood still although something is to be done
 * @param pause why the partition is not read, if so
 */
public record PartitionStatus(
        String topic,
        int partition,
        OptionalLong committed,
        OptionalLong lag,
        int inFlight,
        Duration oldestUnfinished,
        Duration stalled,
        Optional<Pause> pause) {

    PartitionMeters.Reading reading() {
        return new PartitionMeters.Reading(
                topic,
                partition,
                oldestUnfinished,
                pause.map(current -> current.reason().code()));
    }
}

package io.iotdarelay.source;

import io.iotdarelay.metrics.PartitionMeters;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How one partition fares.
 *
 * @param committed the offset that Kafka holds, where this instance has committed one
 * @param lag records in Kafka that are not settled yet, where it is known
 * @param inFlight records that are begun and not settled
 * @param window records from the first unfinished one on, finished ones included
 * @param oldestBegan when the record began that holds the committable offset; nothing where none is in flight
 * @param oldestUnfinished how long ago that was, when this was told; zero where none is in flight
 * @param oldest where that record is, as of the last second or two
 * @param stalled for how long the committable offset has stood still although something is to be done
 * @param pause why the partition is not read, if so
 */
public record PartitionStatus(
        String topic,
        int partition,
        OptionalLong committed,
        OptionalLong lag,
        int inFlight,
        int window,
        Optional<Instant> oldestBegan,
        Duration oldestUnfinished,
        Optional<Whereabouts> oldest,
        Duration stalled,
        Optional<Pause> pause) {

    /** Whether it has something to do and has stood still for 30 seconds. */
    public boolean isStagnant() {
        return stalled.compareTo(Progress.STAGNANT_AFTER) >= 0;
    }

    PartitionMeters.Reading reading() {
        return new PartitionMeters.Reading(
                topic,
                partition,
                lag,
                inFlight,
                oldestBegan,
                stalled,
                oldest.map(Whereabouts::waitsFor),
                pause.map(current -> current.reason().code()));
    }
}

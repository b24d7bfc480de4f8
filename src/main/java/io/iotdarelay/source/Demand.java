package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What partitions carry: the records that are appended in a second, and a part of those that wait. One that is stuck carries nothing, or
 * its backlog would take from the others what it cannot use. Belongs to the poll thread.
 */
final class Demand {

    /** Records that wait count as if they were appended in this time. */
    private static final double BACKLOG_SECONDS = 60;

    /** A rate is measured over so much time, up to twice as much. */
    private static final Duration WINDOW = Duration.ofSeconds(60);

    private static final Duration SHORTEST = Duration.ofSeconds(5);

    /** After so much time without progress a partition is stuck. */
    private static final Duration STUCK_AFTER = Duration.ofSeconds(30);

    private static final double MILLIS = 1000;

    /** Offsets at one time. */
    private record Moment(Instant at, Map<TopicPartition, Long> ends, Map<TopicPartition, Long> committed) {

        static final Moment NEVER = new Moment(Instant.EPOCH, Map.of(), Map.of());
    }

    private Moment reference = Moment.NEVER;
    private Moment middle = Moment.NEVER;
    private Moment latest = Moment.NEVER;

    /** Where the logs end now, and what is committed. */
    void observe(LogEnds ends, Map<TopicPartition, Long> committed) {
        if (!ends.askedAt().isAfter(latest.at())) {
            return;
        }
        latest = new Moment(ends.askedAt(), ends.offsets(), committed);
        if (reference.equals(Moment.NEVER)) {
            reference = latest;
            middle = latest;
        } else if (!latest.at().isBefore(middle.at().plus(WINDOW))) {
            reference = middle;
            middle = latest;
        }
    }

    /** Whether a rate can be told. */
    boolean isKnown() {
        return !latest.at().isBefore(reference.at().plus(SHORTEST));
    }

    /** Records a second that each of them carries. */
    Map<TopicPartition, Double> of(Set<TopicPartition> partitions) {
        Map<TopicPartition, Double> demand = new HashMap<>();
        partitions.forEach(partition -> demand.put(partition, of(partition)));
        return demand;
    }

    private double of(TopicPartition partition) {
        Long end = latest.ends().get(partition);
        Long before = reference.ends().get(partition);
        Long done = latest.committed().get(partition);
        if (end == null || isStuck(partition, end, done)) {
            return 0;
        }
        double seconds = Duration.between(reference.at(), latest.at()).toMillis() / MILLIS;
        double appended = before == null || seconds <= 0 ? 0 : Math.max(0, end - before) / seconds;
        double waiting = done == null ? 0 : Math.max(0, end - done) / BACKLOG_SECONDS;
        return appended + waiting;
    }

    private boolean isStuck(TopicPartition partition, long end, @Nullable Long done) {
        return done != null
                && done < end
                && done.equals(reference.committed().get(partition))
                && !latest.at().isBefore(reference.at().plus(STUCK_AFTER));
    }
}

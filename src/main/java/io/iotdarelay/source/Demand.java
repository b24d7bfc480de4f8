package io.iotdarelay.source;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** What partitions carry: the records that are appended in a second, and a part of those that wait. Belongs to the poll thread. */
final class Demand {

    /** Records that wait count as if they were appended in this time. */
    private static final double BACKLOG_SECONDS = 60;

    /** A rate is measured over so much time, up to twice as much. */
    private static final Duration WINDOW = Duration.ofSeconds(60);

    private static final Duration SHORTEST = Duration.ofSeconds(5);
    private static final double MILLIS = 1000;

    private LogEnds reference = LogEnds.UNKNOWN;
    private LogEnds middle = LogEnds.UNKNOWN;
    private LogEnds latest = LogEnds.UNKNOWN;

    /** Where the logs end now. */
    void observe(LogEnds ends) {
        if (!ends.askedAt().isAfter(latest.askedAt())) {
            return;
        }
        latest = ends;
        if (reference.equals(LogEnds.UNKNOWN)) {
            reference = ends;
            middle = ends;
        } else if (!ends.askedAt().isBefore(middle.askedAt().plus(WINDOW))) {
            reference = middle;
            middle = ends;
        }
    }

    /** Whether a rate can be told. */
    boolean isKnown() {
        return !latest.askedAt().isBefore(reference.askedAt().plus(SHORTEST));
    }

    /** Records a second that each of them carries. */
    Map<TopicPartition, Double> of(Set<TopicPartition> partitions, Map<TopicPartition, Long> committed) {
        double seconds = Duration.between(reference.askedAt(), latest.askedAt()).toMillis() / MILLIS;
        Map<TopicPartition, Double> demand = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Long end = latest.offsets().get(partition);
            Long before = reference.offsets().get(partition);
            Long done = committed.get(partition);
            double appended = end == null || before == null || seconds <= 0 ? 0 : Math.max(0, end - before) / seconds;
            double waiting = end == null || done == null ? 0 : Math.max(0, end - done) / BACKLOG_SECONDS;
            demand.put(partition, appended + waiting);
        }
        return demand;
    }
}

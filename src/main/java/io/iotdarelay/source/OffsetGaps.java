package io.iotdarelay.source;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Offsets of a partition that the consumer skipped. Most gaps are normal: compaction and transaction markers leave them. A
 * gap that begins below the log start offset is a loss: retention has deleted its records, and {@code auto.offset.reset} has
 * silently moved the consumer on. Belongs to the poll thread.
 */
final class OffsetGaps {

    /** Offsets from one to before another. */
    record Gap(long from, long to, Instant seenAt) {

        long width() {
            return to - from;
        }
    }

    /** While the log start offset is unknown, the widest gaps are remembered: a loss is wide, a marker is not. */
    private static final int MOST = 1000;

    private final PriorityQueue<Gap> pending = new PriorityQueue<>(Comparator.comparingLong(Gap::width));

    void passed(long from, long to, Instant now) {
        pending.add(new Gap(from, to, now));
        if (pending.size() > MOST) {
            pending.remove();
        }
    }

    /**
     * What retention has deleted, in the order of the offsets. Each gap is judged once, by the result of a query that was made after
     * the gap was seen. A normal gap that the start of the log reaches in these few seconds would be mistaken for a loss.
     *
     * @param toStart whether a consumer whose position is gone continues at the start of the log; else it skips more than was deleted
     */
    List<Gap> lost(LogBounds bounds, Instant askedAt, boolean toStart) {
        if (pending.isEmpty()) {
            return List.of();
        }
        List<Gap> lost = new ArrayList<>();
        pending.removeIf(gap -> {
            if (gap.seenAt().isAfter(askedAt)) {
                return false;
            }
            if (gap.from() < bounds.start()) {
                lost.add(new Gap(gap.from(), toStart ? Math.min(gap.to(), bounds.start()) : gap.to(), gap.seenAt()));
            }
            return true;
        });
        lost.sort(Comparator.comparingLong(Gap::from));
        return lost;
    }
}

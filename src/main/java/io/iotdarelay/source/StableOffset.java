package io.iotdarelay.source;

import io.iotdarelay.source.PartitionStatus.OpenTransaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Detects that a partition's last stable offset stays behind the high watermark. Belongs to the poll thread. */
final class StableOffset {

    /** Transactions are short, and another one has usually begun when one ends. */
    static final Duration STUCK_AFTER = Duration.ofSeconds(30);

    /** A result older than this is ignored, because the next one is overdue. */
    private static final Duration BELIEVED_FOR = Duration.ofSeconds(10);

    private long lastStable;
    private @Nullable Instant behindSince;

    /**
     * The transaction that blocks the partition, if there is one.
     *
     * @param askedAt when the brokers were asked
     */
    Optional<OpenTransaction> observe(LogBounds bounds, Instant askedAt, Instant now) {
        boolean behind = bounds.lastStable() < bounds.highWatermark();
        Instant since = behindSince == null || bounds.lastStable() != lastStable ? askedAt : behindSince;
        behindSince = behind ? since : null;
        lastStable = bounds.lastStable();
        Instant believedUntil = askedAt.plus(BELIEVED_FOR);
        Duration age = Duration.between(since, now.isBefore(believedUntil) ? now : believedUntil);
        return behind && age.compareTo(STUCK_AFTER) >= 0
                ? Optional.of(new OpenTransaction(bounds.lastStable(), bounds.highWatermark(), age))
                : Optional.empty();
    }
}

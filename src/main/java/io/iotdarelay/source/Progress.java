package io.iotdarelay.source;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Watches whether a partition makes progress, and reports each change once. Belongs to the poll thread. */
final class Progress {

    private static final Logger log = LoggerFactory.getLogger(Progress.class);

    /** A partition that has something to do and whose offset has not moved for this long is stagnant. */
    static final Duration STAGNANT_AFTER = Duration.ofSeconds(30);

    /** Head-of-line blocking: one record holds back this many, for this long, nearly all of them finished. */
    private static final Duration HEAD_BLOCKED_AFTER = Duration.ofSeconds(5);

    private static final String UNKNOWN = "unknown";

    private static final int HEAD_BLOCKS_AT_LEAST = 100;
    private static final double HEAD_BLOCKS_FINISHED = 0.9;

    private final SourcePartition partition;
    private OptionalLong committed = OptionalLong.empty();
    private Instant movedAt;
    private @Nullable Instant uncommittedSince;
    private String unreadable = "";
    private boolean stagnant;
    private boolean headBlocked;

    Progress(SourcePartition partition, Instant now) {
        this.partition = partition;
        this.movedAt = now;
    }

    /** For how long the committed offset, as acknowledged by Kafka, has not moved although there is something to do. */
    Duration unchangedSince(OptionalLong acknowledged, boolean idle, Instant now) {
        if (idle || !acknowledged.equals(committed)) {
            committed = acknowledged;
            movedAt = now;
        }
        return Duration.between(movedAt, now);
    }

    /** For how long commits have been due without one that Kafka has acknowledged. */
    Duration uncommittedSince(boolean due, Instant now) {
        if (!due) {
            uncommittedSince = null;
        } else if (uncommittedSince == null) {
            uncommittedSince = now;
        }
        return uncommittedSince == null ? Duration.ZERO : Duration.between(uncommittedSince, now);
    }

    /** Kafka has acknowledged a commit. */
    void committed() {
        uncommittedSince = null;
    }

    /** Whether one record holds back many that are finished. */
    boolean isHeadBlocked() {
        return headBlocked;
    }

    /** Reports each reason once. */
    void unreadable(Pause why, OptionalLong offset) {
        if (!why.detail().equals(unreadable)) {
            unreadable = why.detail();
            log.atError()
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("offset", offset.isPresent() ? offset.getAsLong() : UNKNOWN)
                    .addKeyValue("reason", why.detail())
                    .log("A partition is stopped because its next batch cannot be read; it is retried periodically");
        }
    }

    void watch(PartitionStatus status, Instant now) {
        boolean stagnates = status.isStagnant();
        if (stagnates != stagnant) {
            stagnant = stagnates;
            log(
                    stagnates ? log.atWarn() : log.atInfo(),
                    status,
                    stagnates ? "A partition makes no progress" : "A partition makes progress again");
        }
        boolean blocked = status.window() >= HEAD_BLOCKS_AT_LEAST
                && status.window() - status.inFlight() >= HEAD_BLOCKS_FINISHED * status.window()
                && status.stalled().compareTo(HEAD_BLOCKED_AFTER) >= 0;
        if (blocked && !headBlocked) {
            log(log.atWarn(), status, "One record holds back many that are finished");
        }
        headBlocked = blocked;
    }

    private void log(LoggingEventBuilder event, PartitionStatus status, String message) {
        String paused = status.obstacle().orElse("");
        event.addKeyValue("topic", partition.topic())
                .addKeyValue("partition", partition.partition())
                .addKeyValue("lag", status.lag().isPresent() ? status.lag().getAsLong() : UNKNOWN)
                .addKeyValue("inFlight", status.inFlight())
                .addKeyValue(
                        "offset",
                        status.oldest()
                                .map(oldest -> Long.toString(oldest.position().offset()))
                                .orElse(UNKNOWN))
                .addKeyValue(
                        "deviceId",
                        status.oldest()
                                .map(Whereabouts::device)
                                .map(DeviceId::value)
                                .orElse(UNKNOWN))
                .addKeyValue(
                        "reason",
                        status.oldest()
                                .map(oldest -> paused.isEmpty() ? oldest.detail() : paused + "; " + oldest.detail())
                                .orElse(paused))
                .log(message);
    }
}

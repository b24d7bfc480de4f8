package io.iotdarelay.pipeline;

import io.iotdarelay.telemetry.FairShare;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.SourcePartition;
import java.util.HashMap;
import java.util.Map;

/**
 * Bounds what records become when they become several reports: a small record may become much. No record of a partition begins
 * while its {@linkplain FairShare fair share} is used up; a single one may exceed the bound. One whose devices hang leaves room for
 * the others. Belongs to the poll thread.
 */
final class Room {

    /** The objects of a report, in bytes. */
    private static final int OVERHEAD = 512;

    /** What is kept of each part until its record ends, in bytes. */
    static final int PART = 300;

    private final long most;
    private final Map<SourcePartition, Long> partitions = new HashMap<>();
    private long taken;

    /**
     * Room that is empty.
     *
     * @param most bytes
     */
    Room(long most) {
        this.most = most;
    }

    /** How much of the room a report takes. */
    static int cost(Json report) {
        return OVERHEAD + report.length();
    }

    void take(SourcePartition partition, long bytes) {
        taken += bytes;
        partitions.merge(partition, bytes, Long::sum);
    }

    void release(SourcePartition partition, long bytes) {
        taken -= bytes;
        partitions.computeIfPresent(partition, (any, held) -> held == bytes ? null : held - bytes);
    }

    /** Whether the share of a partition is used up. */
    boolean isFull(SourcePartition partition) {
        return partitions.getOrDefault(partition, 0L) >= new FairShare(most - taken).most();
    }
}

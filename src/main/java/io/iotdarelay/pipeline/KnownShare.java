package io.iotdarelay.pipeline;

import io.iotdarelay.telemetry.SourcePartition;
import java.util.HashMap;
import java.util.Map;

/** Whether most of the latest reports of a partition were of devices that the directory knew when they came. Belongs to the poll thread. */
final class KnownShare {

    /** The weight of the latest report. */
    private static final double WEIGHT = 1.0 / 64;

    private static final double MOST = 0.5;

    private final Map<SourcePartition, Double> shares = new HashMap<>();

    void arrived(SourcePartition partition, boolean isKnown) {
        double latest = isKnown ? 1 : 0;
        shares.merge(partition, latest, (share, ignored) -> share + (latest - share) * WEIGHT);
    }

    boolean isMostlyKnown(SourcePartition partition) {
        return shares.getOrDefault(partition, 0.0) > MOST;
    }

    /** Partitions have left; those that stay will show again. */
    void forget() {
        shares.clear();
    }
}

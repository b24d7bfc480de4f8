package io.iotdarelay.delivery;

import io.iotdarelay.auth.TokenCache;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.lane.Superseding;
import io.iotdarelay.limits.RequestLimits;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.tracing.Tracing;
import java.time.InstantSource;

/**
 * What the lanes of one event loop use. Client, limits, tokens, quarantine, spacing and the log of defects belong to the loop; the
 * rest is shared by all loops.
 *
 * @param superseding which reports newer ones replace
 * @param time the monotonic clock
 */
record LaneResources(
        PlatformClient client,
        RequestLimits limits,
        TokenCache tokens,
        AwaitedTokens awaited,
        DeviceDirectory directory,
        Quarantine quarantine,
        LaneRules rules,
        Spacing spacing,
        LaneOutcomes outcomes,
        Superseding.Rule superseding,
        DefectLog defects,
        RequestMeters meters,
        Tracing tracing,
        InstantSource time) {}

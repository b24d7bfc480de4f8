package io.iotdarelay.delivery;

import io.iotdarelay.auth.TokenCache;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.lane.Superseding;
import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.limits.RequestLimits;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.tracing.Tracing;
import java.time.InstantSource;

/**
 * What the lanes of one event loop use. Client, limits, tokens, quarantine, spacing and the log of defects belong to the loop; the
 * rest is shared by all loops.
 *
 * @param recent how requests ended; of all loops
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
        RecentByDevice<LastRequest> recent,
        RequestMeters meters,
        Tracing tracing,
        InstantSource time) {

    /** A request of a device is over. */
    void ended(RequestKind kind, DeviceId sender, Verdict verdict) {
        recent.put(sender, LastRequest.of(kind, time.instant(), verdict, recent.get(sender)));
    }
}

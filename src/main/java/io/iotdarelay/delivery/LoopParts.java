package io.iotdarelay.delivery;

import io.iotdarelay.auth.TokenCache;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.iotda.IotdaClient;
import io.iotdarelay.lane.BatchLimits;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.tracing.Tracing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the lanes of one event loop work with. Client, tokens, slots, departures, quarantine and the log of defects are the
 * loop's own; the rest is shared by all loops.
 *
 * @param unknownGrace how long a lane waits for a device that the directory has forgotten
 * @param requestsUnderWay reports under way, over all loops
 * @param time never jumps
 */
record LoopParts(
        IotdaClient client,
        TokenCache tokens,
        Slots slots,
        Departures departures,
        Quarantine quarantine,
        DeviceDirectory directory,
        Duration unknownGrace,
        Breakers breakers,
        Pace pace,
        FailurePolicy policy,
        BatchLimits limits,
        Duration linger,
        LaneOutcomes outcomes,
        DefectLog defects,
        RequestMeters meters,
        Tracing tracing,
        AtomicInteger requestsUnderWay,
        InstantSource time) {}

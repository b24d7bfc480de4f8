package io.iotdarelay.delivery;

import io.iotdarelay.auth.TokenCache;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.iotda.IotdaClient;
import io.iotdarelay.lane.BatchLimits;
import io.iotdarelay.metrics.RequestMeters;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the lanes of one event loop work with. Client, tokens, slots and quarantine are the loop's own; the rest is shared by
 * all loops.
 *
 * @param requestsUnderWay reports under way, over all loops
 */
record LoopParts(
        IotdaClient client,
        TokenCache tokens,
        Slots slots,
        Quarantine quarantine,
        DeviceDirectory directory,
        Breakers breakers,
        Pace pace,
        FailurePolicy policy,
        BatchLimits limits,
        Duration linger,
        OutcomeSink outcomes,
        RequestMeters meters,
        AtomicInteger requestsUnderWay,
        Clock clock) {}

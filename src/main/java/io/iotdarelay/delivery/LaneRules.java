package io.iotdarelay.delivery;

import io.iotdarelay.lane.Packing;
import java.time.Duration;

/**
 * The rules for every lane.
 *
 * @param packing which reports share a request
 * @param linger how long a report may wait for others that share its request
 * @param unknownGrace how long a lane waits for a device that is missing from the directory
 * @param longestLookup the same while the platform is to be asked for it
 */
record LaneRules(
        FailurePolicy policy, Packing packing, Duration linger, Duration unknownGrace, Duration longestLookup) {}

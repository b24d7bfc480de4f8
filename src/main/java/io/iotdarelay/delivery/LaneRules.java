package io.iotdarelay.delivery;

import io.iotdarelay.lane.BatchLimits;
import java.time.Duration;

/**
 * What holds for every lane.
 *
 * @param limits of one request
 * @param linger how long a report may wait for others to share a request with
 * @param unknownGrace how long a lane waits for a device that is missing from the directory
 */
record LaneRules(FailurePolicy policy, BatchLimits limits, Duration linger, Duration unknownGrace) {}

/**
 * What operators see and do: health, probes, and access control.
 *
 * <p>Input: the status that each room reports. Output: Spring's actuator endpoints.
 *
 * <p>Health shows the current state, with the reason. Liveness covers only the relay's own loops: an outage of Kafka or of
 * the platform never restarts a pod. Readiness stops a roll-out that cannot work, and is not lost in an outage of the
 * platform. Only health and metrics are open; everything else requires credentials, and if none are configured, nobody has
 * access.
 *
 * <p>It changes nothing by itself: it shows state, and forwards an operator's requests, such as to resume a stopped route.
 */
@NullMarked
package io.iotdarelay.operate;

import org.jspecify.annotations.NullMarked;

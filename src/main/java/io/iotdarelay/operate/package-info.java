/**
 * What operators see and do: health, probes, and who may ask.
 *
 * <p>What enters: the status that each room reports of itself. What leaves: Spring's actuator endpoints.
 *
 * <p>Health shows what is true now, with the reason. Liveness is about the relay's own loops only: an outage of Kafka or of the
 * platform never restarts a pod. Readiness holds back a roll-out that cannot work, and is not lost over an outage of the
 * platform. Only health and metrics are open; everything else asks for credentials, and without credentials in the
 * configuration nobody gets in.
 *
 * <p>It changes nothing by itself: it shows state, and passes on what an operator asks for, such as to resume a stopped route.
 */
@NullMarked
package io.iotdarelay.operate;

import org.jspecify.annotations.NullMarked;

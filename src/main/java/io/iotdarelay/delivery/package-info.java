/**
 * Sends the reports that are queued in the lanes, and decides how to handle failures.
 *
 * <p>Input: reports that know their sender. Output: an outcome for each record.
 *
 * <p>A lane has one request in flight at a time, and failed batches are resent first, so a device's order never changes.
 * What happens next depends on who is at fault: a record is rejected, a batch split, a device set aside, a token renewed, a
 * throttled sender slowed down. While the platform is down, or the configuration is wrong, everything waits and nothing is
 * rejected.
 *
 * <p>Start with {@code LaneDelivery}. Everything about a lane, including its token, happens on one event loop; the state
 * that the loops share belongs to the room {@code limits}. This room must know neither Kafka nor the wire format: records
 * are defined in {@code telemetry}, verdicts in {@code platform}.
 */
@NullMarked
package io.iotdarelay.delivery;

import org.jspecify.annotations.NullMarked;

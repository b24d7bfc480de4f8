/**
 * Sends what waits in the lanes, and decides what becomes of it.
 *
 * <p>What enters: reports that know their sender. What leaves: an outcome for each record.
 *
 * <p>One request of a lane is in flight at a time; what failed is resent first, so the order of a device never changes.
 * Who is at fault decides: a record is rejected, a batch split, a device set aside, a token renewed, a throttled sender
 * slowed down. While the platform is down, or the configuration is wrong, everything waits and nothing is rejected.
 *
 * <p>Begin with {@code LaneDelivery}. Everything of a lane, its token included, happens on one event loop; what the loops share
 * belongs to the room {@code limits}. This room must know neither Kafka nor a wire: what a record is to it is the vocabulary's, and what
 * a verdict is, the room {@code platform}'s.
 */
@NullMarked
package io.iotdarelay.delivery;

import org.jspecify.annotations.NullMarked;

/**
 * Sends what waits in the lanes, and decides what becomes of it.
 *
 * <p>What enters: reports that know their sender. What leaves: an outcome for each record.
 *
 * <p>One request of a lane is under way at a time; what failed goes first again, so the order of a device never changes.
 * Who is at fault decides: a record is rejected, a batch split, a device set aside, a token renewed, a throttled sender
 * slowed down. While the platform is down, or the configuration is wrong, everything waits and nothing is rejected.
 *
 * <p>Everything of a lane, its token included, happens on one event loop. Shared between loops are only the pace, which is
 * one atomic reference, and Resilience4j's circuit breakers. This is the only room that knows Resilience4j. It must never
 * know Kafka: what a record is to it is the vocabulary's.
 */
@NullMarked
package io.iotdarelay.delivery;

import org.jspecify.annotations.NullMarked;

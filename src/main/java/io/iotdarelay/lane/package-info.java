/**
 * The order of each sending device, and what leaves together.
 *
 * <p>What enters: reports, one by one, in the order of their partition. What leaves: batches that fit one request, in that
 * order.
 *
 * <p>A {@link io.iotdarelay.lane.Lane} is a queue without threads, clocks or I/O; whoever owns it sees to it that one
 * batch at a time is out. What is put back, because it failed or was split, is resent first, so that nothing overtakes.
 * Several reports share a request only where the platform has a form for it, which a
 * {@link io.iotdarelay.lane.Packing} knows; no value is ever merged with another.
 *
 * <p>It must never know how a batch is sent, how large a request may be, or why it came back.
 */
@NullMarked
package io.iotdarelay.lane;

import org.jspecify.annotations.NullMarked;

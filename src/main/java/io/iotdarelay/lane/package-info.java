/**
 * The queue of each sending device, and which reports are sent together.
 *
 * <p>Input: reports, one by one, in the order of their partition. Output: batches that fit into one request, in that order.
 *
 * <p>A {@link io.iotdarelay.lane.Lane} is a queue without threads, clocks or I/O; its owner ensures that only one batch is
 * in flight. A batch that is put back, because it failed or was split, is resent first, so that nothing overtakes it.
 * Several reports share a request only if the platform has a format for it, which a {@link io.iotdarelay.lane.Packing}
 * knows; values are never merged.
 *
 * <p>It must never know how a batch is sent, how large a request may be, or why it was put back.
 */
@NullMarked
package io.iotdarelay.lane;

import org.jspecify.annotations.NullMarked;

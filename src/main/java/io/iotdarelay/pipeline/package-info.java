/**
 * The whole flow: source, decode, mapping, lane, delivery, settle.
 *
 * <p>What enters: records, from the poll loop. What leaves: settled offsets and dead letters.
 *
 * <p>{@link io.iotdarelay.pipeline.Relay} is the flow on one screen; it belongs to the poll thread, and outcomes that come
 * about on event loops reach it through a queue. Records whose device the directory does not know wait here, off the lanes,
 * so that they delay nobody.
 *
 * <p>It is the only room that knows all of the others that work on records. It must never know HTTP, retries, or how an offset
 * is committed.
 */
@NullMarked
package io.iotdarelay.pipeline;

import org.jspecify.annotations.NullMarked;

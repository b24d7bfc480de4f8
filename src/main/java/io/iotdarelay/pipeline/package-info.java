/**
 * The whole flow: source, decode, mapping, lane, delivery, settle.
 *
 * <p>Input: records, from the poll loop. Output: settled offsets and dead letters.
 *
 * <p>{@link io.iotdarelay.pipeline.Relay} is the flow on one screen. It belongs to the poll thread; outcomes from the event
 * loops reach it through a queue. Records whose device is not in the directory wait here, outside the lanes, so that they
 * delay nobody.
 *
 * <p>{@link io.iotdarelay.pipeline.Preview} shows what a record becomes, for the commands: it runs the steps up to the request.
 *
 * <p>It is the only room that knows all of the others that process records. It must never know HTTP, retries, or how an
 * offset is committed.
 */
@NullMarked
package io.iotdarelay.pipeline;

import org.jspecify.annotations.NullMarked;

/**
 * Which offsets are done, and where what cannot succeed is kept.
 *
 * <p>What enters: offsets that were begun and finished, and rejected records. What leaves: the offset up to which a
 * partition may be committed, and dead letters.
 *
 * <p>{@link io.iotdarelay.settle.OffsetTracker} never lets an offset be committed while one below it is unfinished. A
 * rejected record is finished only after Kafka acknowledged its dead letter on all in-sync replicas; while that fails, it
 * is tried again and the offset stays. Whether it could be written is known before there is a dead letter. A dead letter repeats key, value and headers byte for byte, and holds neither token
 * nor secret.
 *
 * <p>{@link io.iotdarelay.settle.DeadLetterBudget} stops a route most of whose devices' records are rejected, and never because of one
 * device alone.
 *
 * <p>It must never know why a record was rejected beyond what the rejection says, nor who polls.
 */
@NullMarked
package io.iotdarelay.settle;

import org.jspecify.annotations.NullMarked;

/**
 * Tracks which offsets are finished, and writes dead letters.
 *
 * <p>Input: offsets that were begun and finished, and rejected records. Output: the offset up to which a partition may be
 * committed, and dead letters.
 *
 * <p>{@link io.iotdarelay.settle.OffsetTracker} never lets an offset be committed while a lower one is unfinished. A
 * rejected record is finished only after Kafka acknowledged its dead letter on all in-sync replicas; if that fails, the
 * write is retried and the offset is not committed. Whether dead letters can be written is checked before there is one. Each dead-letter
 * topic has a thread of its own, and one that cannot be written holds up no other. There is one exception: all share the producer's buffer of
 * 32 MB, and a topic that exists, but whose brokers do not take writes, may fill it. A dead letter copies key, value and headers byte for
 * byte, and contains neither token nor secret.
 *
 * <p>{@link io.iotdarelay.settle.DeadLetterBudget} stops a route if the records of most of its devices are rejected, and
 * never because of one device alone.
 *
 * <p>It must never know why a record was rejected beyond what the rejection says, nor who polls.
 */
@NullMarked
package io.iotdarelay.settle;

import org.jspecify.annotations.NullMarked;

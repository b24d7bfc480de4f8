/**
 * Records in, offsets out.
 *
 * <p>What enters: Kafka's records of the routes' topics. What leaves: each of them, once per assignment, to the
 * {@link io.iotdarelay.source.RecordHandler}; and to Kafka, the offsets up to which everything is settled.
 *
 * <p>One thread owns the consumer, the partitions and their offsets; whoever finishes a record elsewhere hands that over.
 * Partitions are paused and resumed one by one, so that memory stays within the configured bounds whatever the lag. A
 * partition that is revoked is drained within a bound, committed, and let go; what finishes late for it is ignored.
 *
 * <p>A consumer is opened only when nothing is in its way to Kafka. What is in the way, and each topic that cannot be read, is named;
 * the other topics are read.
 *
 * <p>It must never know what a record means, which device it belongs to, or that there is a platform.
 */
@NullMarked
package io.iotdarelay.source;

import org.jspecify.annotations.NullMarked;

/**
 * Reads records and commits offsets.
 *
 * <p>Input: Kafka's records of the routes' topics. Output: each record, once per assignment, to the
 * {@link io.iotdarelay.source.RecordHandler}; and to Kafka, the offsets up to which everything is settled.
 *
 * <p>One thread owns the consumer, the partitions and their offsets; other threads pass finished records to it. Partitions
 * are paused and resumed one by one, so that memory stays within the configured bounds whatever the lag. A revoked partition
 * is drained within a time limit, committed, and given up; outcomes that arrive later are ignored.
 *
 * <p>A consumer is opened only when Kafka can be reached. What prevents it, and each topic that cannot be read, is reported
 * by name; the other topics are read.
 *
 * <p>It must never know what a record means, which device it belongs to, or that there is a platform.
 */
@NullMarked
package io.iotdarelay.source;

import org.jspecify.annotations.NullMarked;

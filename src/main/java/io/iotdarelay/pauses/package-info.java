/**
 * Pauses that operators ordered: of everything, of a route, of a partition.
 *
 * <p>Input: orders to pause and to resume, and the records of the topic of the desk whose keys begin with {@code pause/}. Output: which
 * pauses are in force, on every instance of the group, and why a partition must not be read.
 *
 * <p>A pause is in force once Kafka has acknowledged it and this instance has read it back; one that could not be stored is not. It
 * survives restarts and rebalances, and ends by itself on every instance if it has an end. The flow never depends on the topic: while it
 * cannot be read, what was known stays in force, and a start waits for it only for seconds. One thread reads the topic, another one writes.
 *
 * <p>It must never know how a partition is read, or what its records mean.
 */
@NullMarked
package io.iotdarelay.pauses;

import org.jspecify.annotations.NullMarked;

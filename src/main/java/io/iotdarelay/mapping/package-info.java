/**
 * A record's tree to a report, by the rules of its route.
 *
 * <p>What enters: a {@link io.iotdarelay.telemetry.SourceRecord} and its decoded value. What leaves: a
 * {@link io.iotdarelay.mapping.Mapping}, which is a report whose JSON is ready for the wire, a child's report whose gateway
 * the directory has yet to name, or a rejection.
 *
 * <p>Routes are compiled once, when the relay starts, and all mistakes in them are told at once. A compiled route is
 * immutable and may be used by any thread. Numbers are computed as decimals; the same record always becomes the same
 * bytes.
 *
 * <p>It must never know the directory, the platform or Kafka: what it needs from a record is in the vocabulary.
 */
@NullMarked
package io.iotdarelay.mapping;

import org.jspecify.annotations.NullMarked;

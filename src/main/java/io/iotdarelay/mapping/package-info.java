/**
 * Maps a record's tree to a report, by the rules of its route.
 *
 * <p>Input: a {@link io.iotdarelay.telemetry.SourceRecord} and its decoded value. Output: a
 * {@link io.iotdarelay.mapping.Mapping}, which is a report whose JSON is ready to be sent, a child's report whose gateway
 * has yet to be looked up in the directory, or a rejection.
 *
 * <p>Routes are compiled once, when the relay starts, and all errors in them are reported at once. A compiled route is
 * immutable and may be used by any thread. Numbers are computed as decimals; the same record always produces the same bytes.
 *
 * <p>It must never know the directory, the platform or Kafka: what it needs from a record is in {@code telemetry}.
 */
@NullMarked
package io.iotdarelay.mapping;

import org.jspecify.annotations.NullMarked;

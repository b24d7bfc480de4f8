/**
 * Maps a record's tree to reports, by the rules of its routes.
 *
 * <p>Input: a {@link io.iotdarelay.telemetry.SourceRecord} and its decoded value. Output: a
 * {@link io.iotdarelay.mapping.Mapping}: the parts that the record becomes, each of them the
 * {@link io.iotdarelay.mapping.Draft} of a report, still a tree, or a rejection.
 *
 * <p>Routes are compiled once, when the relay starts, and all errors in them are reported at once. A compiled route is
 * immutable and may be used by any thread. Numbers are computed as decimals; the same record always produces the same bytes.
 *
 * <p>It must never know the directory, the platform or Kafka: what it needs from a record is in {@code telemetry}.
 */
@NullMarked
package io.iotdarelay.mapping;

import org.jspecify.annotations.NullMarked;

/**
 * The vocabulary: what every room means by a record, a report, an outcome.
 *
 * <p>It has no input or output: the rooms pass these types to each other.
 *
 * <p>They are immutable, made of records, enums and interfaces, and contain no logic except validation. Types with a secret
 * do not print it. The monotonic clock and the backoff are here, too, because every room uses the same ones.
 *
 * <p>This room knows no other room, neither Kafka nor HTTP, and no framework.
 */
@NullMarked
package io.iotdarelay.telemetry;

import org.jspecify.annotations.NullMarked;

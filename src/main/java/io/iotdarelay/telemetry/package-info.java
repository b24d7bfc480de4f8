/**
 * The vocabulary: what every room means by a record, a report, an outcome.
 *
 * <p>Nothing enters and nothing leaves: these types are handed from room to room.
 *
 * <p>They are immutable, made of records, enums and interfaces, and hold no logic beyond their own validity. What holds
 * a secret does not print it. The clock that never jumps and the backoff are here too, because every room means the same by them.
 *
 * <p>This room knows no other room, neither Kafka nor HTTP, and no framework.
 */
@NullMarked
package io.iotdarelay.telemetry;

import org.jspecify.annotations.NullMarked;

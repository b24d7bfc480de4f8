/**
 * Values with a schema that is kept elsewhere: Avro, Protobuf and JSON Schema in the wire format of Confluent's serializers.
 *
 * <p>Input: the text of a schema with those that it refers to, and a record. Output: a compiled schema, and by it a
 * {@link io.iotdarelay.decode.Decoding}.
 *
 * <p>The room is pure: no state, no I/O, callable from any thread. Numbers keep every digit. Depth and the number of
 * values are bounded, and nothing is allocated because of a count or a length that a record merely claims.
 *
 * <p>It must never know where schemas come from, or what the values mean.
 */
@NullMarked
package io.iotdarelay.schemas;

import org.jspecify.annotations.NullMarked;

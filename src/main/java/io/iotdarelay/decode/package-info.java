/**
 * Decompresses a record's value and parses it into a tree, as JSON has them.
 *
 * <p>Input: a {@link io.iotdarelay.telemetry.SourceRecord}. Output: a {@link io.iotdarelay.decode.Decoding}, which is a JSON tree or the reason why there
 * is none.
 *
 * <p>Each route says in an {@link io.iotdarelay.decode.Encoding} how its values are written; there is one decoder for each.
 *
 * <p>The room is pure: no state, no I/O, callable from any thread. Numbers keep every digit of the record. Depth and the
 * length of numbers and names are bounded, so that no value can exhaust the process.
 *
 * <p>It must never know what the tree means, where it came from or where it goes.
 */
@NullMarked
package io.iotdarelay.decode;

import org.jspecify.annotations.NullMarked;

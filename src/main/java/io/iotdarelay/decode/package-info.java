/**
 * Bytes to a tree.
 *
 * <p>What enters: a record's value. What leaves: a {@link io.iotdarelay.decode.Decoding}, which is a JSON tree or the
 * reason why there is none.
 *
 * <p>The room is pure: no state, no I/O, any thread. Numbers keep every digit that the record had. Depth, the length of
 * numbers and of names are bounded, so that no value can exhaust the process.
 *
 * <p>It must never know what the tree means, where it came from or where it goes.
 */
@NullMarked
package io.iotdarelay.decode;

import org.jspecify.annotations.NullMarked;

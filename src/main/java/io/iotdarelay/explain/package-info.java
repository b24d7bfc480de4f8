/**
 * Says in words why a device is delivered, or is not.
 *
 * <p>Input: {@link io.iotdarelay.explain.Facts}, which others have gathered. Output: an {@link io.iotdarelay.explain.Explanation}: a state, and
 * sentences that lead from what is seen to its cause and to what helps. The same facts give the same words.
 *
 * <p>It must never know where facts come from: no Kafka, no HTTP, no threads, no clock. It never sees a secret, a token or the content of a record.
 */
@NullMarked
package io.iotdarelay.explain;

import org.jspecify.annotations.NullMarked;

/**
 * Hostile records by the million: random routes, random values, broken in random ways, as the relay
 * treats them up to the request: decode with or without schemas, mapping, and the check by product models. A case is
 * made of a seed and a number alone, so that each failure can be repeated.
 *
 * <p>{@link io.iotdarelay.fuzz.FuzzerTest} runs a few seconds of it at every build; {@link io.iotdarelay.fuzz.Fuzzer} is a
 * program for long runs.
 */
@NullMarked
package io.iotdarelay.fuzz;

import org.jspecify.annotations.NullMarked;

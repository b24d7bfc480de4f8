/**
 * Hostile records by the million: random routes, random values, broken in random ways, through decode and mapping. A case is
 * made of a seed and a number alone, so that each failure can be repeated.
 *
 * <p>{@link io.iotdarelay.fuzz.FuzzerTest} runs a few seconds of it at every build; {@link io.iotdarelay.fuzz.Fuzzer} is a
 * program for long runs.
 */
@NullMarked
package io.iotdarelay.fuzz;

import org.jspecify.annotations.NullMarked;

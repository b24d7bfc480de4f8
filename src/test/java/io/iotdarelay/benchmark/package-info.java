/** Programs that measure, and report with machine, versions and commit. They are run by hand: {@code benchmarks/run}. */
@NullMarked
package io.iotdarelay.benchmark;

import org.jspecify.annotations.NullMarked;

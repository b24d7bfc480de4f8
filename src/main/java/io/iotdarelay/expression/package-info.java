/**
 * Evaluates expressions of JSONata, for what rules cannot say.
 *
 * <p>Input: a JSON tree and named values. Output: a {@link io.iotdarelay.expression.Evaluation}, which is a tree, nothing, or
 * the reason why there is none.
 *
 * <p>An evaluation is bounded in work, depth and memory, whatever the expression and the tree are, and the same tree always
 * yields the same value. Nothing of the library is loaded before the first expression is compiled.
 *
 * <p>It must never know what a tree means: records, devices and the platform are unknown to it.
 */
@NullMarked
package io.iotdarelay.expression;

import org.jspecify.annotations.NullMarked;

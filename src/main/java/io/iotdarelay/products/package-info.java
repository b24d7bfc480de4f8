/**
 * Product models from their source: the application side is asked for the products whose models are those of the platform.
 *
 * <p>Input: the products, and an interval. Output: to the models' keeper, each answer. At the start all are asked for at once, a few at a time;
 * then each again after the interval, or sooner where there was no answer. Nobody waits for it: records are checked by what is in force, and
 * a product that was never heard of is not checked.
 *
 * <p>It decides nothing about a model, and must never know records, reports, devices or the device side.
 */
@NullMarked
package io.iotdarelay.products;

import org.jspecify.annotations.NullMarked;

/**
 * Proof of arrival: a 200 of the platform does not mean that anything was stored, so the shadows of a few devices are read and compared.
 *
 * <p>Input: reports that were delivered, from the pipeline. Output: counts by route and service, what is not stored again and again with
 * the likely reason, and when each route was last seen on the platform.
 *
 * <p>For each product and service a few devices are watched (canaries), which are chosen among those that report. The poll thread leaves
 * references, and never waits; everything else belongs to a thread of the room's own. What cannot be checked is forgotten: nothing waits
 * for it, and no verdict is guessed. A value is never logged or shown.
 *
 * <p>It must never know lanes, tokens, or what becomes of a record. Nothing depends on it: delivery and readiness are the same without it.
 */
@NullMarked
package io.iotdarelay.readback;

import org.jspecify.annotations.NullMarked;

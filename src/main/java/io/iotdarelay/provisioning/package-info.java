/**
 * Devices that the directory does not know: asked for, and created where a route allows it, on the platform's application side.
 *
 * <p>Input: the wish for a device, with what a record says about its creation; credentials that the platform refused. Output: entries for the
 * directory, or why there is none.
 *
 * <p>A device is asked for once at a time, whoever wants it. Who comes first is decided here, not by the application side: routes take
 * turns, and within a route those that have waited longest and those that were wanted last. What was learnt stays until the platform says
 * something else: no answer is no news. Secrets are in memory only, and are never printed.
 *
 * <p>It must never know what a device reports, or how a report is delivered.
 */
@NullMarked
package io.iotdarelay.provisioning;

import org.jspecify.annotations.NullMarked;

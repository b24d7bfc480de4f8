/**
 * All of the relay's meters.
 *
 * <p>Input: events from the rooms, in their own terms. Output: Micrometer's meters, named by
 * {@link io.iotdarelay.metrics.RelayMeter}, from which {@code docs/metrics.md} is generated.
 *
 * <p>For every route, at every scrape, {@code begun = delivered + rejected + skipped + abandoned + in flight}: the counts of
 * records are published together, and a scrape sees one publication. A device ID is never a label.
 *
 * <p>It is the only room that knows Micrometer. It must never know what the numbers are used for.
 */
@NullMarked
package io.iotdarelay.metrics;

import org.jspecify.annotations.NullMarked;

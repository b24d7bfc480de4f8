/**
 * The meters, all of them.
 *
 * <p>What enters: what happens in the rooms, told in their own words. What leaves: Micrometer's meters, by the names of
 * {@link io.iotdarelay.metrics.RelayMeter}, from which {@code docs/metrics.md} is made.
 *
 * <p>For every route, at every scrape, {@code begun = delivered + rejected + skipped + abandoned + in flight}: the counts of
 * records are published together, and a scrape sees one publication. A device ID is never a label.
 *
 * <p>It is the only room that knows Micrometer. It must never know what the numbers are used for.
 */
@NullMarked
package io.iotdarelay.metrics;

import org.jspecify.annotations.NullMarked;

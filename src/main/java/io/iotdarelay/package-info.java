/**
 * Starts the relay: reads the settings, and imports each room's configuration. Each package explains its room;
 * {@code docs/architecture.md} explains how they work together.
 */
@NullMarked
package io.iotdarelay;

import org.jspecify.annotations.NullMarked;

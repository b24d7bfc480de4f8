/**
 * Starts the relay: reads the settings, and imports each room's configuration. The rooms are explained by their own packages,
 * and together in {@code docs/architecture.md}.
 */
@NullMarked
package io.iotdarelay;

import org.jspecify.annotations.NullMarked;

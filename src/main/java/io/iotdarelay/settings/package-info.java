/**
 * Reads the rooms' settings from {@code relay.*}, and reports what is wrong with them.
 *
 * <p>Input: Spring's environment. Output: one immutable settings record per room, or one
 * {@link io.iotdarelay.settings.InvalidSettingsException} that lists every error with its path.
 *
 * <p>An unknown key is an error: a misspelled setting must not silently fall back to its default. Names of device properties
 * are kept unchanged.
 *
 * <p>It must never know what a setting is for: each room states its own requirements.
 */
@NullMarked
package io.iotdarelay.settings;

import org.jspecify.annotations.NullMarked;

/**
 * How the rooms' settings are read from {@code relay.*}, and what is wrong with them.
 *
 * <p>What enters: Spring's environment. What leaves: one immutable record of settings a room, or one
 * {@link io.iotdarelay.settings.InvalidSettingsException} that lists every mistake with its path.
 *
 * <p>An unknown key is a mistake: a setting that is spelled wrong must not pass for its default. Names of properties of
 * devices are kept to the letter.
 *
 * <p>It must never know what a setting is for: each room states its own requirements.
 */
@NullMarked
package io.iotdarelay.settings;

import org.jspecify.annotations.NullMarked;

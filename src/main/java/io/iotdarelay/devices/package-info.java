/**
 * The device directory: the devices' secrets, the gateways of children, and whose the devices are.
 *
 * <p>Input: a file, a compacted Kafka topic, or both. Output: the entry for a device ID, or nothing.
 *
 * <p>A lookup never blocks and may be done by any thread. A file is read again when it changes, and the directory is
 * replaced as a whole: a device that is known before and after is never missing in between. Invalid entries are reported
 * with their line, and the rest is used. If a file is missing or contains no device at all, the last valid one stays in use.
 * Secrets are never printed.
 *
 * <p>It must never know what a device reports, or whether the platform accepts it.
 */
@NullMarked
package io.iotdarelay.devices;

import org.jspecify.annotations.NullMarked;

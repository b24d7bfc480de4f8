/**
 * Who the devices are: their secrets, and the gateways of children.
 *
 * <p>What enters: a file, a compacted Kafka topic, or both. What leaves: an entry for a device ID, or nothing.
 *
 * <p>A lookup never blocks and may be done by any thread. A file is read again when it changes, and replaced as a whole: a
 * device that is known before and after is known at every moment between. What is broken in it is reported with its line,
 * the rest counts; a file that is gone or holds no device at all leaves the last good one in force. Secrets are never
 * printed.
 *
 * <p>It must never know what a device reports, or whether the platform accepts it.
 */
@NullMarked
package io.iotdarelay.devices;

import org.jspecify.annotations.NullMarked;

/**
 * The verbs of the command line: {@code check}, {@code try}, {@code suggest}, {@code test}, {@code devices} and {@code products}.
 *
 * <p>Input: arguments, the configuration as the service would read it, records from files or from Kafka, devices and products of the
 * platform. Output: text or JSON, and an exit code: 0, 1 where there are findings, 2 for a wrong command line.
 *
 * <p>A verb joins no group and sends no report. Only {@code devices} changes anything but files: {@code register} creates devices,
 * {@code rotate} resets their secrets and writes the directory's topic. Both can be interrupted at any moment, and continued. What is shown
 * are records, which the person who asks may read anyway; a secret, a token or a password is never shown.
 *
 * <p>It must never be used by another room: the service does not load it.
 */
@NullMarked
package io.iotdarelay.commands;

import org.jspecify.annotations.NullMarked;

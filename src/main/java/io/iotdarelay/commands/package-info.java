/**
 * The verbs of the command line: {@code check}, {@code try}, {@code suggest} and {@code test}.
 *
 * <p>Input: arguments, the configuration as the service would read it, records from files or from Kafka. Output: text or JSON, and an
 * exit code: 0, 1 where there are findings, 2 for a wrong command line.
 *
 * <p>A verb never writes to Kafka, joins no group and sends no report. What it shows are records, which the person who asks may read
 * anyway; a secret, a token or a password is never shown.
 *
 * <p>It must never be used by another room: the service does not load it.
 */
@NullMarked
package io.iotdarelay.commands;

import org.jspecify.annotations.NullMarked;

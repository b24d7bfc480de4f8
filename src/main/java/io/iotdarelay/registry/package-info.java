/**
 * A schema registry with Confluent's REST interface.
 *
 * <p>Input: what records call their schemas. Output: compiled schemas, and decoders that use them.
 *
 * <p>A schema is fetched once: it never changes. While it is being fetched, its records wait. A registry that does not answer is
 * an outage, whatever the reason: records go on waiting, and it is tried again with a backoff, by one request at a time. Only an answer
 * that there is no such schema makes a record undecodable; such answers are remembered for a minute, and asking for unknown
 * schemas is paced, so that a flood of made-up IDs does not flood the registry.
 *
 * <p>A lookup never waits and may be done by any thread; everything else happens on one event loop. Credentials are never printed.
 * It must never know routes, partitions, or what a value means.
 */
@NullMarked
package io.iotdarelay.registry;

import org.jspecify.annotations.NullMarked;

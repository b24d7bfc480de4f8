/**
 * A schema registry with Confluent's REST interface.
 *
 * <p>Input: what records call their schemas. Output: compiled schemas, and decoders that use them.
 *
 * <p>A schema is fetched once: it never changes. While it is being fetched, its records wait. A registry that does not answer is
 * an outage, whatever the reason: records go on waiting, and it is tried again with a backoff, by one request at a time. A record is
 * undecodable only if the registry does not have its schema or will never return it, or if the schema cannot be used. That is
 * remembered for seconds at first, then for a minute, and requests for unknown schemas are paced, so that a flood of made-up IDs
 * does not flood the registry.
 *
 * <p>A lookup never waits and may be done by any thread; everything else happens on one event loop, except for reading files with
 * credentials. Credentials are never printed.
 * It must never know routes, partitions, or what a value means.
 */
@NullMarked
package io.iotdarelay.registry;

import org.jspecify.annotations.NullMarked;

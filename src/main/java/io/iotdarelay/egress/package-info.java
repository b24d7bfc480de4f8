/**
 * The way out to the platform, which its device side and its application side share, and to the schema registry.
 *
 * <p>Input: a server's address, and the proxy on the way, if there is one. Output: clients whose connections go that way
 * ({@link io.iotdarelay.egress.Egress}), a few kept connections for a server that is asked now and then
 * ({@link io.iotdarelay.egress.HttpsConnections}), and what it means if one cannot be made ({@link io.iotdarelay.egress.NetworkFailures}).
 *
 * <p>Nothing blocks an event loop: names are resolved by Netty's DNS client, and files with a proxy's credentials are read on another thread,
 * for each connection, so they may change. Credentials are never printed.
 *
 * <p>It must never know what a connection is for.
 */
@NullMarked
package io.iotdarelay.egress;

import org.jspecify.annotations.NullMarked;

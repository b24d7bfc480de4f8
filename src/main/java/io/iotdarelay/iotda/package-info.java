/**
 * The wire: IoTDA's four HTTPS calls, as a device makes them.
 *
 * <p>What enters: credentials, or a token and the reports of one request. What leaves: an
 * {@link io.iotdarelay.platform.Authentication} or a {@link io.iotdarelay.platform.Verdict}, never an exception for anything that
 * the network or the platform can do.
 *
 * <p>It implements the room {@code platform}, and is the only one that knows the wire: addresses, envelopes, how much one request may
 * carry ({@link io.iotdarelay.iotda.RequestPacking}) and what it costs. For another platform there would be another room like this.
 * Nobody knows it but the main class, which wires it.
 *
 * <p>Before the first call there is one TLS handshake, which sends nothing; the relay joins its consumer group after that.
 *
 * <p>HTTP/1.1 over TLS 1.2 or 1.3; certificates and host names are always verified, redirects never followed, answers read
 * up to a bound and within a time. Each {@link io.iotdarelay.platform.PlatformClient} lives on one event loop with connections of
 * its own, and answers there. Facts about the platform are in {@code docs/iotda.md}, with how sure they are.
 *
 * <p>It must never know what becomes of a verdict: it does not repeat requests, hold them back, or count failures against anybody.
 */
@NullMarked
package io.iotdarelay.iotda;

import org.jspecify.annotations.NullMarked;

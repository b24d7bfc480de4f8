/**
 * The wire: IoTDA's four HTTPS calls, as a device makes them.
 *
 * <p>What enters: credentials, or a token and the reports of one request. What leaves: an
 * {@link io.iotdarelay.iotda.Authentication} or a {@link io.iotdarelay.iotda.Verdict}, never an exception for anything that
 * the network or the platform can do.
 *
 * <p>Before the first call, {@link io.iotdarelay.iotda.PlatformContact} makes one TLS handshake and sends nothing; the relay joins its
 * consumer group after that.
 *
 * <p>HTTP/1.1 over TLS 1.2 or 1.3; certificates and host names are always verified, redirects never followed, answers read
 * up to a bound and within a time. Each {@link io.iotdarelay.iotda.IotdaClient} lives on one event loop with connections of
 * its own, and answers there. Facts about the platform stand in {@code docs/iotda.md}, with how sure they are.
 *
 * <p>It must never know what becomes of a verdict: it does not repeat requests, hold them back, or count failures against anybody.
 */
@NullMarked
package io.iotdarelay.iotda;

import org.jspecify.annotations.NullMarked;

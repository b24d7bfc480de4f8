/**
 * The wire protocol: IoTDA's four HTTPS calls, as a device makes them.
 *
 * <p>Input: credentials, or a token and the reports of one request. Output: an {@link io.iotdarelay.platform.Authentication}
 * or a {@link io.iotdarelay.platform.Verdict}, never an exception for anything that the network or the platform can do.
 *
 * <p>It implements the room {@code platform}, and is the only one that knows the protocol: addresses, envelopes, how much
 * fits into one request ({@link io.iotdarelay.iotda.RequestPacking}) and what it costs. Another platform would be another
 * room like this. Only the main class, which wires it, depends on it.
 *
 * <p>Before the first call there is one TLS handshake, which sends nothing; the relay joins its consumer group after that.
 *
 * <p>HTTP/1.1 over TLS 1.2 or 1.3; certificates and host names are always verified, redirects never followed, responses
 * limited in size and time. Each {@link io.iotdarelay.platform.PlatformClient} lives on one event loop with its own
 * connections, and completes its calls there. Connections go directly or through a proxy ({@link io.iotdarelay.egress.Egress}), and
 * are replaced at a maximum age, so that a changed address is followed. {@code docs/iotda.md} has the facts about the platform, and
 * how certain they are.
 *
 * <p>It must never know what follows from a verdict: it does not retry requests, hold them back, or count failures.
 */
@NullMarked
package io.iotdarelay.iotda;

import org.jspecify.annotations.NullMarked;

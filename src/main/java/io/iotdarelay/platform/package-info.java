/**
 * What the relay asks of a platform, whichever it is: to authenticate a device, and to take reports.
 *
 * <p>What enters: credentials, or a token and the reports of one request. What leaves: an
 * {@link io.iotdarelay.platform.Authentication} or a {@link io.iotdarelay.platform.Verdict}, never an exception for anything that the
 * network or the platform can do. {@link io.iotdarelay.platform.PlatformContact} reaches the platform once before the relay joins its
 * consumer group.
 *
 * <p>The rooms that decide, wait and deliver know this room alone; a room for each platform implements it. So it must never know a
 * wire: no addresses, no envelopes, no status codes that mean something.
 */
@NullMarked
package io.iotdarelay.platform;

import org.jspecify.annotations.NullMarked;

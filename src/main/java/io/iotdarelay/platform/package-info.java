/**
 * What the relay needs from any platform: to authenticate a device, and to accept reports.
 *
 * <p>Input: credentials, or a token and the reports of one request. Output: an {@link io.iotdarelay.platform.Authentication}
 * or a {@link io.iotdarelay.platform.Verdict}, never an exception for anything that the network or the platform can do.
 * {@link io.iotdarelay.platform.PlatformContact} reaches the platform once before the relay joins its consumer group.
 *
 * <p>The rooms that decide, wait and deliver depend only on this room; each platform has a room that implements it. So it
 * must never know a wire protocol: no addresses, no envelopes, no status codes with a meaning.
 */
@NullMarked
package io.iotdarelay.platform;

import org.jspecify.annotations.NullMarked;

/**
 * The application side of the platform: its API for those who own devices and products, not for the devices.
 *
 * <p>Input: questions about one device, product or shadow, devices to create, secrets to reset. Output: an
 * {@link io.iotdarelay.appside.Answer} to each, never an exception for anything that the network or the platform can do.
 *
 * <p>Requests are signed with an access key ({@code docs/platform.md}), sent at a pace that adapts, and held back by a breaker while the
 * application side does not answer. It is optional, and an outage of it stops nobody: readiness does not depend on it. Keys, secrets and
 * signatures are never printed, not even where the other side repeats them.
 *
 * <p>It must never know tokens, lanes, or verdicts of the device side: a 401 here is about the access key, never about a device. It does
 * not decide what follows from an answer, and repeats no call.
 */
@NullMarked
package io.iotdarelay.appside;

import org.jspecify.annotations.NullMarked;

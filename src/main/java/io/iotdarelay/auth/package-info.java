/**
 * The access tokens of the devices.
 *
 * <p>What enters: credentials of a device that has something to report. What leaves: its token, from the cache or fetched.
 *
 * <p>One token a device and one fetch at a time: a new token kills the old one 30 seconds later, so a second owner, or a
 * second fetch, would make the first one's requests fail. Tokens that are in use are renewed before they expire, so that no
 * report waits for it. A token is dropped only if it is still the one that was refused. A
 * {@link io.iotdarelay.auth.TokenCache} and the bounded store behind it belong to one event loop.
 *
 * <p>It must never know why a report failed: whether a token is at fault is decided elsewhere.
 */
@NullMarked
package io.iotdarelay.auth;

import org.jspecify.annotations.NullMarked;

/**
 * The devices' access tokens.
 *
 * <p>Input: credentials of a device that has something to report. Output: its token, from the cache or fetched.
 *
 * <p>There is one token per device and one fetch at a time: a new token invalidates the old one 30 seconds later, so a
 * second owner, or a second fetch, would make the first one's requests fail. Tokens in use are renewed before they expire,
 * so that no report waits for the renewal. A token is dropped only if it is still the one that was refused. A
 * {@link io.iotdarelay.auth.TokenCache} and the bounded store behind it belong to one event loop.
 *
 * <p>It must never know why a report failed: other rooms decide whether a token is at fault.
 */
@NullMarked
package io.iotdarelay.auth;

import org.jspecify.annotations.NullMarked;

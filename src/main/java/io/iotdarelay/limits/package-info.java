/**
 * Limits on requests: how many per second, how many at once, and whether any may be sent at all.
 *
 * <p>Input: the intent to send a request, and later its result. Output: a {@link io.iotdarelay.limits.Permit}, which owns
 * everything that one request occupies and is closed exactly once.
 *
 * <p>A rate limiter enforces the quota and slows down while the platform throttles. A concurrency limit bounds the requests
 * in flight and reserves most of them for healthy devices. A circuit breaker for each kind of request, and the suspicion of
 * a wrong configuration, represent the platform: they need evidence from many devices, so that a failing minority stops
 * nobody else. Each event loop has its own {@link io.iotdarelay.limits.RequestLimits}; what the loops share is atomic.
 *
 * <p>Calls of the platform's application side, which are not made for devices, have a {@link io.iotdarelay.limits.CallBreaker} and a
 * {@link io.iotdarelay.limits.RateLimiter} of their own.
 *
 * <p>This is the only room that knows Resilience4j. It must never know lanes, batches or records.
 */
@NullMarked
package io.iotdarelay.limits;

import org.jspecify.annotations.NullMarked;

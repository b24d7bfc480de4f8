/**
 * Limits on requests: how many per second, how many at once, and whether any may be sent at all.
 *
 * <p>What enters: the wish to send a request, and later what came of it. What leaves: a
 * {@link io.iotdarelay.limits.Permit}, which owns everything that one request takes up and is closed exactly once.
 *
 * <p>A rate limiter keeps the quota and slows down while the platform throttles; a concurrency limit bounds the requests in
 * flight and keeps most of them for devices that work; a circuit breaker for each kind of request, and the suspicion of a wrong
 * configuration, speak for the platform: they listen to many devices, so that a failing minority stops nobody else. Each event
 * loop has a {@link io.iotdarelay.limits.RequestLimits} of its own; what the loops share is atomic.
 *
 * <p>This is the only room that knows Resilience4j. It must never know lanes, batches or records.
 */
@NullMarked
package io.iotdarelay.limits;

import org.jspecify.annotations.NullMarked;

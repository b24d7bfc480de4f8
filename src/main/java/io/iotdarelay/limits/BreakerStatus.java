package io.iotdarelay.limits;

import java.util.Optional;

/**
 * How a circuit breaker stands.
 *
 * @param state CLOSED, OPEN, HALF_OPEN, or as an operator forced it
 * @param lastFailure the last failure that counted, with its time
 */
public record BreakerStatus(String name, String state, Optional<String> lastFailure) {}

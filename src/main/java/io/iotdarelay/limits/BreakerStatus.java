package io.iotdarelay.limits;

import java.util.Optional;

/**
 * The state of a circuit breaker.
 *
 * @param state CLOSED, OPEN, HALF_OPEN, or a state forced by an operator
 * @param lastFailure the last failure that counted, with its time
 */
public record BreakerStatus(String name, String state, Optional<String> lastFailure) {}

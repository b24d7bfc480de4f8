package io.iotdarelay.auth;

import java.time.Duration;

/**
 * How old a device's token is.
 *
 * @param left until it is not used any more
 */
public record TokenAge(Duration age, Duration left) {}

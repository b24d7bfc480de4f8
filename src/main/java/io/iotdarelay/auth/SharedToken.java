package io.iotdarelay.auth;

import io.iotdarelay.telemetry.AccessToken;
import java.time.Duration;

/**
 * A token that this instance did not just fetch itself.
 *
 * @param lifetime from when it was fetched until it expires
 * @param age how long ago it was fetched, at least zero
 */
public record SharedToken(AccessToken token, Duration lifetime, Duration age) {}

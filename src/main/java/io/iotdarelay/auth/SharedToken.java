package io.iotdarelay.auth;

import io.iotdarelay.telemetry.AccessToken;
import java.time.Duration;

/**
 * A token that this instance did not just fetch itself.
 *
 * @param lifetime from when it was fetched until it expires
 * @param age how long ago it was fetched, at least zero
 * @param version of two tokens of a device, the newer one has the higher version, whatever clocks say
 */
public record SharedToken(AccessToken token, Duration lifetime, Duration age, long version) {}

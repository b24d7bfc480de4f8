package io.iotdarelay.platform;

import io.iotdarelay.telemetry.AccessToken;
import java.time.Duration;

/** The result of an authentication. */
public sealed interface Authentication {

    /**
     * The device has a token. An older one expires 30 seconds from now.
     *
     * @param expiresIn for how long the token is valid
     */
    record Granted(AccessToken token, Duration expiresIn) implements Authentication {}

    /** No request was sent, because none may be sent at the moment. */
    record Postponed() implements Authentication {}

    /** The device has no token. */
    record Denied(Verdict verdict) implements Authentication {}
}

package io.iotdarelay.auth;

import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.DeviceCredentials;
import reactor.core.publisher.Mono;

/** What the cache needs to get a token. */
@FunctionalInterface
public interface Authenticator {

    /** Authenticates once. Completes on the cache's event loop. */
    Mono<Authentication> authenticate(DeviceCredentials credentials);
}

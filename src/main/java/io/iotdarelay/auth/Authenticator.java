package io.iotdarelay.auth;

import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.DeviceCredentials;
import reactor.core.publisher.Mono;

/** What the cache needs to get a token. */
@FunctionalInterface
public interface Authenticator {

    /** Authenticates once. Completes on the cache's event loop. */
    Mono<Authentication> authenticate(DeviceCredentials credentials);

    /** The same, unless another instance does: then it completes empty. The claim comes last before the request. */
    default Mono<Authentication> authenticate(DeviceCredentials credentials, TokenWish wish) {
        return wish.claim().filter(ours -> ours).flatMap(ours -> authenticate(credentials));
    }
}

package io.iotdarelay.delivery;

import io.iotdarelay.auth.Authenticator;
import io.iotdarelay.iotda.Authentication;
import io.iotdarelay.iotda.IotdaClient;
import io.iotdarelay.iotda.Verdict;
import io.iotdarelay.telemetry.DeviceCredentials;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Authenticates within the quota, the slots and what the breakers allow. Only a part of the slots is for authentications, so
 * that devices that have a token report on while others wait for theirs.
 */
final class GuardedAuthenticator implements Authenticator {

    private final IotdaClient client;
    private final Breakers breakers;
    private final Pace pace;
    private final Slots authentications;
    private final Slots requests;

    /**
     * An authenticator of one event loop.
     *
     * @param authentications how many of the requests under way may be authentications
     * @param requests how many requests may be under way
     */
    GuardedAuthenticator(IotdaClient client, Breakers breakers, Pace pace, Slots authentications, Slots requests) {
        this.client = client;
        this.breakers = breakers;
        this.pace = pace;
        this.authentications = authentications;
        this.requests = requests;
    }

    @Override
    public Mono<Authentication> authenticate(DeviceCredentials credentials) {
        Mono<Authentication> guarded = Mono.usingWhen(
                requests.acquire(), slot -> attempt(credentials), slot -> Mono.fromRunnable(slot::release));
        Mono<Authentication> limited =
                Mono.usingWhen(authentications.acquire(), slot -> guarded, slot -> Mono.fromRunnable(slot::release));
        return Mono.defer(this::departure).then(limited);
    }

    /** Completes when the quota allows the next authentication. */
    private Mono<Void> departure() {
        long wait = pace.reserve(1);
        if (wait == 0) {
            return Mono.empty();
        }
        pace.waiting().incrementAndGet();
        return Mono.delay(Duration.ofNanos(wait), client.loop())
                .doFinally(signal -> pace.waiting().decrementAndGet())
                .then();
    }

    private Mono<Authentication> attempt(DeviceCredentials credentials) {
        if (!breakers.tryAuthenticate()) {
            return Mono.just(new Authentication.Denied(
                    new Verdict.Unavailable("a circuit breaker is open", Optional.empty(), Optional.empty())));
        }
        return client.authenticate(credentials).doOnNext(result -> tell(credentials, result));
    }

    private void tell(DeviceCredentials credentials, Authentication result) {
        Verdict verdict = switch (result) {
            case Authentication.Granted ignored -> new Verdict.Accepted();
            case Authentication.Denied denied -> denied.verdict();
        };
        breakers.authenticated(credentials.device(), verdict);
        switch (verdict) {
            case Verdict.Accepted ignored -> pace.accepted(1);
            case Verdict.Throttled throttled -> pace.throttled(throttled.wholeTenant(), credentials.device());
            case Verdict.Unavailable ignored -> {}
            case Verdict.Misconfigured ignored -> {}
            case Verdict.Answered ignored -> {}
        }
    }
}

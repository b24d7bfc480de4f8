package io.iotdarelay.delivery;

import io.iotdarelay.auth.Authenticator;
import io.iotdarelay.iotda.Authentication;
import io.iotdarelay.iotda.IotdaClient;
import io.iotdarelay.iotda.Verdict;
import io.iotdarelay.telemetry.DeviceCredentials;
import reactor.core.publisher.Mono;

/**
 * Authenticates within the quota, the slots and what the breakers allow. Only a part of the slots is for authentications, so
 * that devices that have a token report on while others wait for theirs. Cancelling takes a place in a line back.
 */
final class GuardedAuthenticator implements Authenticator {

    private final IotdaClient client;
    private final Breakers breakers;
    private final Pace pace;
    private final Departures departures;
    private final Slots authentications;
    private final Slots requests;

    /**
     * An authenticator of one event loop.
     *
     * @param authentications how many of the requests under way may be authentications
     * @param requests how many requests may be under way
     */
    GuardedAuthenticator(
            IotdaClient client,
            Breakers breakers,
            Pace pace,
            Departures departures,
            Slots authentications,
            Slots requests) {
        this.client = client;
        this.breakers = breakers;
        this.pace = pace;
        this.departures = departures;
        this.authentications = authentications;
        this.requests = requests;
    }

    @Override
    public Mono<Authentication> authenticate(DeviceCredentials credentials) {
        Mono<Authentication> guarded = Mono.usingWhen(
                requests.acquire(), slot -> attempt(credentials), slot -> Mono.fromRunnable(slot::release));
        Mono<Authentication> limited =
                Mono.usingWhen(authentications.acquire(), slot -> guarded, slot -> Mono.fromRunnable(slot::release));
        return departures.turn(1).then(limited);
    }

    private Mono<Authentication> attempt(DeviceCredentials credentials) {
        if (!breakers.tryAuthenticate()) {
            return Mono.just(new Authentication.Postponed());
        }
        return client.authenticate(credentials)
                .doOnError(defect -> breakers.authenticationCancelled())
                .doOnCancel(breakers::authenticationCancelled)
                .doOnNext(result -> tell(credentials, result));
    }

    private void tell(DeviceCredentials credentials, Authentication result) {
        switch (result) {
            case Authentication.Granted ignored -> {
                breakers.authenticated(credentials.device(), new Verdict.Accepted());
                pace.accepted(1);
            }
            case Authentication.Denied denied -> {
                breakers.authenticated(credentials.device(), denied.verdict());
                if (denied.verdict() instanceof Verdict.Throttled throttled) {
                    pace.throttled(1, throttled.wholeTenant(), credentials.device());
                }
            }
            case Authentication.Postponed ignored -> throw new IllegalStateException("asked, and postponed");
        }
    }
}

package io.iotdarelay.auth;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.scheduler.Scheduler;

/**
 * Tokens beyond this process: those that other instances fetched, or this one before it was restarted. Callable from any
 * thread; never blocks.
 */
public interface SharedTokens {

    /** Every instance has its own tokens. */
    SharedTokens NONE = new NoSharedTokens();

    /** Whether anything is known of the device. Cheap, where {@link #find} is not. */
    boolean knows(DeviceId device);

    /** The newest living token that was fetched with these credentials, unless the platform refused it here. */
    Optional<SharedToken> find(DeviceCredentials credentials);

    /** The platform refused this token: it is not found again. */
    void refused(DeviceId device, AccessToken token);

    /**
     * Somebody needs a token that is not found.
     *
     * @param newerThan the version of the token to be replaced, which may still be valid; 0: any token will do
     * @param loop the event loop that the wish belongs to
     */
    TokenWish wish(DeviceCredentials credentials, long newerThan, Scheduler loop);

    /** From now on, called on this event loop with each device for which another instance has a newer token. */
    void follow(Scheduler loop, Consumer<DeviceId> newer);

    /** What this process should still wait for before it takes its part of the records, if anything. */
    Optional<String> startWaitsFor();

    /** How the store is; empty if there is none. */
    Optional<SharedTokensStatus> status();
}

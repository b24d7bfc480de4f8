package io.iotdarelay.auth;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.scheduler.Scheduler;

/** There is no store: a token lives as long as the process that fetched it. */
final class NoSharedTokens implements SharedTokens {

    @Override
    public boolean knows(DeviceId device) {
        return false;
    }

    @Override
    public Optional<SharedToken> find(DeviceCredentials credentials) {
        return Optional.empty();
    }

    @Override
    public void refused(DeviceId device, AccessToken token) {}

    @Override
    public TokenWish wish(DeviceCredentials credentials, long newerThan, Scheduler loop) {
        return TokenWish.ALONE;
    }

    @Override
    public void follow(Scheduler loop, Consumer<DeviceId> newer) {}

    @Override
    public Optional<String> startWaitsFor() {
        return Optional.empty();
    }

    @Override
    public Optional<SharedTokensStatus> status() {
        return Optional.empty();
    }
}

package io.iotdarelay.tokens;

import io.iotdarelay.auth.SharedToken;
import io.iotdarelay.auth.SharedTokens;
import io.iotdarelay.auth.SharedTokensStatus;
import io.iotdarelay.auth.TokenWish;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.scheduler.Scheduler;

/** The store of tokens, as the rest of the relay sees it. */
final class StoredTokens implements SharedTokens {

    /** For how long a start waits for the store: what it saves is worth that, and not more. */
    private static final Duration MOST = Duration.ofSeconds(10);

    private final Sharing sharing;
    private final TokenTable tokens;
    private final TokenTopic topic;
    private final TokenWriter writer;
    private final Keyring keys;
    private final InstantSource time;
    private final Instant created;

    /**
     * A store that is being read from now on.
     *
     * @param time the monotonic clock
     */
    StoredTokens(
            Sharing sharing,
            TokenTable tokens,
            TokenTopic topic,
            TokenWriter writer,
            Keyring keys,
            InstantSource time) {
        this.sharing = sharing;
        this.tokens = tokens;
        this.topic = topic;
        this.writer = writer;
        this.keys = keys;
        this.time = time;
        this.created = time.instant();
    }

    @Override
    public boolean knows(DeviceId device) {
        return tokens.get(device) != null;
    }

    @Override
    public Optional<SharedToken> find(DeviceCredentials credentials) {
        return sharing.find(credentials);
    }

    @Override
    public void refused(DeviceId device, AccessToken token) {
        tokens.refuse(device, token);
    }

    @Override
    public TokenWish wish(DeviceCredentials credentials, long newerThan, Scheduler loop) {
        return sharing.wish(credentials, newerThan, loop);
    }

    @Override
    public void follow(Scheduler loop, Consumer<DeviceId> newer) {
        sharing.follow(loop, newer);
    }

    @Override
    public Optional<String> startWaitsFor() {
        Optional<Instant> since = topic.readingSince();
        boolean isWorthIt =
                !topic.isLoaded() && (since.isPresent() || topic.trouble().isEmpty());
        return isWorthIt && time.instant().isBefore(since.orElse(created).plus(MOST))
                ? Optional.of("the store of tokens is being read")
                : Optional.empty();
    }

    @Override
    public Optional<SharedTokensStatus> status() {
        return Optional.of(new SharedTokensStatus(
                topic.isLoaded(),
                tokens.size(),
                topic.trouble().or(writer::trouble).or(topic::unread),
                keys.trouble()));
    }
}

package io.iotdarelay.tokens;

import io.iotdarelay.auth.SharedToken;
import io.iotdarelay.auth.TokenWish;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * The protocol by which instances share tokens over a log that all of them read in the same order.
 *
 * <p>Who needs a token, and finds none, appends a <em>claim</em>, and waits until it comes back. If it is the first one, its instance
 * authenticates, appends the claim again as long as that takes, and then the token, which ends all claims before it, or that the claim
 * is over. The others wait for that token. A claim is void if the log holds a newer token than its instance knew of; then that instance
 * repeats the newest token, because compaction keeps only the last record of a device. No record deletes a token that lives: who knows
 * one that the last record of its device does not hold, writes it again ({@link Sweep}). Nobody waits longer than a claim is valid
 * without being made again, and not again and again: losing a record, a broken clock or a dead instance costs an authentication.
 *
 * <p>The thread that reads the log calls {@link #read}, {@link #unreadable}, {@link #deleted} and {@link #passOn}; any other method is
 * for any thread.
 */
final class Sharing {

    private static final Logger log = LoggerFactory.getLogger(Sharing.class);

    /** A token that seems to be fetched later than that has not been written by a sound instance. */
    private static final Duration FUTURE = Duration.ofMinutes(5);

    private final TokenTable tokens;
    private final Claims claims = new Claims();
    private final TokenLog topic;
    private final Keys keys;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final long instance;
    private final Duration patience;
    private final AtomicLong claimed = new AtomicLong();
    private final Map<Long, DeviceWish> unheard = new ConcurrentHashMap<>();
    private final Map<DeviceId, List<DeviceWish>> waiting = new ConcurrentHashMap<>();
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final List<DeviceId> news = new ArrayList<>();

    private record Follower(Scheduler loop, Consumer<DeviceId> newer) {}

    /**
     * Knows nothing yet.
     *
     * @param instance tells this process from all others
     * @param patience how long a wish waits for others and the log altogether: as long as an authentication may take
     */
    Sharing(
            TokenTable tokens,
            TokenLog topic,
            Keys keys,
            InstantSource clock,
            LongSupplier nanoTime,
            long instance,
            Duration patience) {
        this.tokens = tokens;
        this.topic = topic;
        this.keys = keys;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.instance = instance;
        this.patience = patience;
    }

    Optional<SharedToken> find(DeviceCredentials credentials) {
        long now = clock.millis();
        return Optional.ofNullable(tokens.get(credentials.device()))
                .filter(known -> known.isFor(credentials, now))
                .map(known -> known.shared(now));
    }

    TokenWish wish(DeviceCredentials credentials, long newerThan, Scheduler loop) {
        return new DeviceWish(this, credentials, newerThan, loop);
    }

    void follow(Scheduler loop, Consumer<DeviceId> newer) {
        followers.add(new Follower(loop, newer));
    }

    /**
     * A record was read. Returns why it is ignored, as a label, if it is.
     *
     * @param recordedAt its timestamp
     */
    Optional<String> read(DeviceId device, Entry entry, long recordedAt) {
        long now = clock.millis();
        KnownToken token = entry.token();
        if (token != null && token.fetchedAt() - now > FUTURE.toMillis()) {
            unreadable(device);
            return Optional.of("future");
        }
        if (tokens.read(device, token)) {
            news.add(device);
        }
        if (token != null) {
            claims.end(device, token.fetchedAt());
        }
        Claim claim = entry.claim();
        if (claim != null && claim.isOver()) {
            claims.end(device, claim);
        } else if (claim != null && Claims.isCredible(claim, now)) {
            hear(claim, claims.add(device, claim, tokens.newest(device, now), recordedAt, nanoTime.getAsLong()));
        }
        tell(device);
        return Optional.empty();
    }

    /** A record of the device was read that says nothing to this instance; others may understand it. */
    void unreadable(DeviceId device) {
        tokens.hide(device);
    }

    /** A record was read that deletes what the topic held of the device. */
    void deleted(DeviceId device) {
        tokens.readDeletion(device, clock.millis());
    }

    /** The log is read from its beginning. */
    void begins() {
        tokens.forgetWhatIsStored();
    }

    /** Passes on for which devices newer tokens were read since the last call. */
    void passOn() {
        if (!news.isEmpty()) {
            List<DeviceId> devices = List.copyOf(news);
            news.clear();
            followers.forEach(follower -> on(follower.loop(), () -> devices.forEach(follower.newer())));
        }
    }

    /** These are of no use: nobody has asked for them yet. */
    void forgetNews() {
        news.clear();
    }

    void sweepClaims() {
        claims.sweep(nanoTime.getAsLong());
    }

    private void hear(Claim claim, Claims.Outcome outcome) {
        DeviceWish ours = claim.instance() == instance ? unheard.remove(claim.number()) : null;
        if (ours != null) {
            ours.heard(outcome);
            on(ours.loop(), ours::look);
        }
    }

    private void tell(DeviceId device) {
        waiting.getOrDefault(device, List.of()).forEach(wish -> on(wish.loop(), wish::look));
    }

    private static void on(Scheduler loop, Runnable task) {
        try {
            loop.schedule(task);
        } catch (RejectedExecutionException e) {
            log.atDebug().log("A token was read after the end of an event loop");
        }
    }

    // What wishes need.

    boolean isUsable() {
        return topic.isUsable();
    }

    void missed() {
        topic.missed();
    }

    long nanos() {
        return nanoTime.getAsLong();
    }

    long patience() {
        return patience.toNanos();
    }

    long heldByOthers(DeviceId device) {
        return claims.heldByOthers(device, instance, nanoTime.getAsLong());
    }

    void await(DeviceId device, DeviceWish wish) {
        waiting.merge(device, List.of(wish), (some, one) -> {
            List<DeviceWish> all = new ArrayList<>(some);
            all.addAll(one);
            return all;
        });
    }

    void awaitNoLonger(DeviceId device, DeviceWish wish) {
        waiting.computeIfPresent(device, (id, some) -> {
            List<DeviceWish> others =
                    some.stream().filter(other -> !other.equals(wish)).toList();
            return others.isEmpty() ? null : others;
        });
    }

    /** Appends a claim; its outcome will be heard. */
    Claim claim(DeviceId device, DeviceWish wish) {
        long now = clock.millis();
        Claim claim = new Claim(instance, claimed.incrementAndGet(), tokens.newest(device, now), now, false);
        unheard.put(claim.number(), wish);
        topic.append(device, new Entry(claim, repeatable(device)));
        return claim;
    }

    /** What was claimed is still going on. */
    void claimAgain(DeviceId device, Claim claim) {
        topic.append(device, new Entry(claim.again(clock.millis()), repeatable(device)));
    }

    /** What was claimed has led to nothing. */
    void claimIsOver(DeviceId device, Claim claim) {
        topic.append(device, new Entry(claim.over(clock.millis()), repeatable(device)));
    }

    void claimNoLonger(Claim claim) {
        unheard.remove(claim.number());
    }

    /** Appends the newest token, which compaction keeps then. */
    void repeat(DeviceId device) {
        KnownToken token = repeatable(device);
        if (token != null) {
            topic.append(device, Entry.of(token));
        }
    }

    /** Returns when it counts as fetched. */
    long granted(DeviceCredentials credentials, Authentication.Granted granted) {
        DeviceId device = credentials.device();
        long now = clock.millis();
        TokenKey current = keys.current();
        KnownToken token = new KnownToken(
                granted.token(),
                Math.max(now, tokens.newest(device) + 1),
                now + granted.expiresIn().toMillis(),
                Fingerprint.of(current, credentials),
                current);
        tokens.add(device, token.as(KnownToken.State.UNSTORED));
        topic.append(device, Entry.of(token));
        return token.fetchedAt();
    }

    /** Without the credentials, the fingerprint of a token cannot be made with another key than its own. */
    private @Nullable KnownToken repeatable(DeviceId device) {
        KnownToken token = tokens.get(device);
        return token != null && token.isLiving(clock.millis()) && keys.hold(token.key()) ? token : null;
    }
}

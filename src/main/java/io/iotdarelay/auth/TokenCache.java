package io.iotdarelay.auth;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The tokens of one event loop's devices; everything here happens on that loop. A token belongs to the owner of the
 * partition that the device's records come from: it is not renewed after the partition has left, because that would
 * invalidate the new owner's token.
 */
public final class TokenCache {

    private static final Logger log = LoggerFactory.getLogger(TokenCache.class);

    /** Renewals are spread over this part of a token's lifetime, before the configured time. */
    private static final double JITTER = 0.05;

    /** A failed renewal is retried after this part of the token's lifetime. */
    private static final double RETRY = 0.01;

    private static final long LEAST_RETRY = TimeUnit.SECONDS.toNanos(1);

    /** Scheduled renewals of dropped tokens are removed when they may be half of all. */
    private static final int SWEEP_FROM = 1024;

    private final TokenStore store;
    private final Authenticator authenticator;
    private final DeviceDirectory directory;
    private final double renewAt;
    private final Scheduler loop;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final RequestMeters meters;

    private final Map<DeviceCredentials, Mono<Authentication>> underWay = new HashMap<>();
    private final PriorityQueue<CachedToken> renewals =
            new PriorityQueue<>(Comparator.comparingLong(CachedToken::renewAt));
    private final TokenContention contention = new TokenContention();
    private @Nullable Disposable timer;
    private long timerAt;

    public TokenCache(
            TokenStore store,
            Authenticator authenticator,
            DeviceDirectory directory,
            double renewAt,
            Scheduler loop,
            LongSupplier nanoTime,
            RandomGenerator random,
            RequestMeters meters) {
        this.store = store;
        this.authenticator = authenticator;
        this.directory = directory;
        this.renewAt = renewAt;
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.random = random;
        this.meters = meters;
    }

    /** The device's token, if it is usable, for a record of this assignment. */
    public Optional<AccessToken> cached(DeviceId device, Assignment owner) {
        CachedToken cached = store.get(device);
        if (cached == null || !cached.isUsable(nanoTime.getAsLong())) {
            return Optional.empty();
        }
        cached.useFor(owner);
        return Optional.of(cached.token());
    }

    /**
     * Fetches a token, or joins the fetch with the same credentials that is in flight: the result for a
     * previous secret says nothing about the new one. A granted token is in the cache before this completes. When all
     * subscribers have cancelled, the fetch is aborted.
     */
    public Mono<Authentication> fetch(DeviceCredentials credentials, Assignment owner) {
        return Mono.defer(() -> {
            Mono<Authentication> running = underWay.get(credentials);
            if (running != null) {
                return running;
            }
            Mono<Authentication> fetch = authenticator
                    .authenticate(credentials)
                    .doOnNext(result -> keep(credentials.device(), owner, result))
                    .doOnTerminate(() -> underWay.remove(credentials))
                    .doOnCancel(() -> underWay.remove(credentials))
                    .share();
            underWay.put(credentials, fetch);
            return fetch;
        });
    }

    /**
     * The platform rejected this token. Drops it, unless a newer one has replaced it. Returns whether another client
     * seems to authenticate the device.
     */
    public boolean invalidate(DeviceId device, AccessToken rejected) {
        CachedToken cached = store.get(device);
        if (cached == null || !cached.token().equals(rejected)) {
            return false;
        }
        store.remove(cached);
        long now = nanoTime.getAsLong();
        return !cached.isDue(now) && contention.rejectedEarly(device, now);
    }

    /** How many renewals are scheduled. */
    int planned() {
        return renewals.size();
    }

    private void keep(DeviceId device, Assignment owner, Authentication result) {
        if (result instanceof Authentication.Granted granted) {
            meters.tokenFetched();
            CachedToken cached = new CachedToken(
                    device,
                    granted.token(),
                    granted.expiresIn(),
                    nanoTime.getAsLong(),
                    renewAt - JITTER * random.nextDouble(),
                    owner);
            store.put(cached);
            plan(cached);
        }
    }

    private void plan(CachedToken token) {
        renewals.add(token);
        if (renewals.size() > SWEEP_FROM + 2 * store.size()) {
            renewals.removeIf(planned -> !store.holds(planned));
        }
        arm();
    }

    /** Schedules the timer for the first renewal. */
    private void arm() {
        CachedToken first = renewals.peek();
        if (first == null || (timer != null && timerAt - first.renewAt() <= 0)) {
            return;
        }
        if (timer != null) {
            timer.dispose();
        }
        timerAt = first.renewAt();
        timer = loop.schedule(this::renewDue, Math.max(0, timerAt - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
    }

    private void renewDue() {
        timer = null;
        long now = nanoTime.getAsLong();
        for (CachedToken due = renewals.peek(); due != null && due.renewAt() - now <= 0; due = renewals.peek()) {
            renew(renewals.remove(), now);
        }
        arm();
    }

    /** Renews a token that is still current, and was used by its present owner. An unused one may expire. */
    private void renew(CachedToken due, long now) {
        Optional<DeviceCredentials> credentials = directory.credentials(due.device());
        if (!store.holds(due) || !due.isWanted() || !due.isUsable(now) || credentials.isEmpty()) {
            return;
        }
        fetch(credentials.get(), due.owner())
                .subscribe(
                        result -> {
                            if (!(result instanceof Authentication.Granted)) {
                                due.renewLater(nanoTime.getAsLong()
                                        + Math.max(LEAST_RETRY, (long)
                                                (due.lifetime().toNanos() * RETRY)));
                                plan(due);
                            }
                        },
                        defect -> log.atError()
                                .addKeyValue("deviceId", due.device())
                                .setCause(defect)
                                .log("The renewal of a token failed"));
    }
}

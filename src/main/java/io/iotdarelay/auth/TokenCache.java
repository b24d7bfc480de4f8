package io.iotdarelay.auth;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
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

    /** Scheduled renewals of dropped tokens are removed when they may be an eighth of all, and more than this. */
    private static final int SWEEP_FROM = 1024;

    private static final int SWEEP_PART = 8;

    /** Of so many tokens it is looked each second whether their partition has left. */
    private static final int VISITED = 1_000;

    private final TokenStore store;
    private final SharedTokens shared;
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
    private Iterator<CachedToken> round = Collections.emptyIterator();
    private @Nullable Disposable timer;
    private long timerAt;

    public TokenCache(
            TokenStore store,
            SharedTokens shared,
            Authenticator authenticator,
            DeviceDirectory directory,
            double renewAt,
            Scheduler loop,
            LongSupplier nanoTime,
            RandomGenerator random,
            RequestMeters meters) {
        this.store = store;
        this.shared = shared;
        this.authenticator = authenticator;
        this.directory = directory;
        this.renewAt = renewAt;
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.random = random;
        this.meters = meters;
        shared.follow(loop, this::newer);
        if (shared.status().isPresent()) {
            loop.schedulePeriodically(this::leaveToOthers, 1, 1, TimeUnit.SECONDS);
        }
    }

    /** The device's token, if it is usable, for a record of this assignment: from the cache, or else one that is shared. */
    public Optional<AccessToken> cached(DeviceId device, Assignment owner) {
        CachedToken cached = store.get(device);
        if (cached == null || !cached.isUsable(nanoTime.getAsLong())) {
            cached = shared.knows(device) ? takeOver(device, owner) : null;
        }
        if (cached == null) {
            return Optional.empty();
        }
        cached.useFor(owner);
        return Optional.of(cached.token());
    }

    /**
     * Gets a token, from another instance or by an authentication, or joins the fetch with the same credentials that is in flight: the result for a
     * previous secret says nothing about the new one. A granted token is in the cache before this completes. When all
     * subscribers have cancelled, the fetch is aborted.
     */
    public Mono<Authentication> fetch(DeviceCredentials credentials, Assignment owner) {
        return fetch(credentials, owner, 0);
    }

    private Mono<Authentication> fetch(DeviceCredentials credentials, Assignment owner, long newerThan) {
        return Mono.defer(() -> {
            Mono<Authentication> running = underWay.get(credentials);
            if (running != null) {
                return running;
            }
            TokenWish wish = shared.wish(credentials, newerThan, loop);
            Mono<Authentication> fetch = attempt(wish, credentials, owner)
                    .repeatWhenEmpty(again -> again)
                    .doFinally(ignored -> wish.end())
                    .doOnTerminate(() -> underWay.remove(credentials))
                    .doOnCancel(() -> underWay.remove(credentials))
                    .share();
            underWay.put(credentials, fetch);
            return fetch;
        });
    }

    /** Empty if another instance was faster, even while this one waits for its turn: then it is asked for its token first. */
    private Mono<Authentication> attempt(TokenWish wish, DeviceCredentials credentials, Assignment owner) {
        return wish.await()
                .map(found -> takeOver(credentials.device(), found, owner))
                .switchIfEmpty(Mono.defer(() -> authenticator
                        .authenticate(credentials, wish)
                        .takeUntilOther(wish.arrived())
                        .doOnNext(result -> keep(wish, credentials.device(), owner, result))));
    }

    /** How many tokens there are, possibly including recently expired ones. Callable from any thread. */
    public long size() {
        return store.size();
    }

    /** How old the device's token is, if there is one that can be used. Does not count as a use. */
    public Optional<TokenAge> age(DeviceId device) {
        CachedToken cached = store.look(device);
        long now = nanoTime.getAsLong();
        return cached == null || !cached.isUsable(now) ? Optional.empty() : Optional.of(cached.age(now));
    }

    /** Forgets the device's token, so that its next record authenticates. Returns whether there was one. */
    public boolean drop(DeviceId device) {
        CachedToken cached = store.look(device);
        if (cached == null) {
            return false;
        }
        shared.refused(device, cached.token());
        return store.remove(cached);
    }

    /**
     * The platform rejected this token. Drops it, unless a newer one has replaced it. Returns whether another client
     * seems to authenticate the device.
     */
    public boolean invalidate(DeviceId device, AccessToken rejected) {
        shared.refused(device, rejected);
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

    private void keep(TokenWish wish, DeviceId device, Assignment owner, Authentication result) {
        if (result instanceof Authentication.Granted granted) {
            meters.tokenFetched();
            long version = wish.granted(granted);
            CachedToken unused =
                    keep(device, granted.token(), granted.expiresIn(), nanoTime.getAsLong(), version, owner);
        }
    }

    private CachedToken keep(
            DeviceId device, AccessToken token, Duration lifetime, long fetchedAt, long version, Assignment owner) {
        CachedToken cached = new CachedToken(
                device, token, lifetime, fetchedAt, version, renewAt - JITTER * random.nextDouble(), owner);
        store.put(cached);
        plan(cached);
        return cached;
    }

    /** Puts the shared token into the cache, if there is one. */
    private @Nullable CachedToken takeOver(DeviceId device, Assignment owner) {
        return directory
                .credentials(device)
                .flatMap(shared::find)
                .map(found -> takenOver(device, found, owner))
                .orElse(null);
    }

    private Authentication takeOver(DeviceId device, SharedToken found, Assignment owner) {
        CachedToken taken = takenOver(device, found, owner);
        return new Authentication.Granted(taken.token(), found.lifetime().minus(found.age()));
    }

    private CachedToken takenOver(DeviceId device, SharedToken found, Assignment owner) {
        meters.tokenTakenOver();
        return keep(
                device,
                found.token(),
                found.lifetime(),
                nanoTime.getAsLong() - found.age().toNanos(),
                found.version(),
                owner);
    }

    /** Another instance has renewed the token of a device: the cached one is not valid for much longer. */
    private void newer(DeviceId device) {
        CachedToken cached = store.get(device);
        if (cached != null) {
            directory
                    .credentials(device)
                    .flatMap(shared::find)
                    .filter(found -> found.version() > cached.version())
                    .ifPresent(found -> replace(cached, found));
        }
    }

    private void replace(CachedToken cached, SharedToken found) {
        if (cached.owner().isCurrent()) {
            CachedToken unused = takenOver(cached.device(), found, cached.owner());
        } else {
            store.remove(cached);
        }
    }

    /** Drops tokens of partitions that have left, some at a time. If one comes back, the store of tokens has them. */
    private void leaveToOthers() {
        for (int i = 0; i < VISITED && round.hasNext(); i++) {
            CachedToken cached = round.next();
            if (!cached.owner().isCurrent() && isShared(cached)) {
                store.remove(cached);
            }
        }
        if (!round.hasNext()) {
            round = store.all();
        }
    }

    private boolean isShared(CachedToken cached) {
        return directory
                .credentials(cached.device())
                .flatMap(shared::find)
                .filter(found -> found.version() >= cached.version())
                .isPresent();
    }

    private void plan(CachedToken token) {
        renewals.add(token);
        if (renewals.size() > SWEEP_FROM + store.size() + store.size() / SWEEP_PART) {
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
        fetch(credentials.get(), due.owner(), due.version())
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

package io.iotdarelay.tokens;

import io.iotdarelay.auth.Authenticator;
import io.iotdarelay.auth.SharedToken;
import io.iotdarelay.auth.SharedTokens;
import io.iotdarelay.auth.SharedTokensStatus;
import io.iotdarelay.auth.TokenCache;
import io.iotdarelay.auth.TokenStore;
import io.iotdarelay.auth.TokenWish;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.testing.MapDirectory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Several instances, the log that they share, and the platform, in virtual time. Appending and reading take a random time; the
 * platform knows which tokens are valid: a new one ends the old one 30 seconds later.
 */
final class SimulatedStore {

    static final Duration LIFETIME = Duration.ofHours(1);

    /** As long as an authentication may take. */
    static final Duration PATIENCE = Duration.ofSeconds(25);

    static final TokenKey KEY = TokenKey.of("k", new byte[32]);
    static final TokenKey NEXT_KEY = TokenKey.of("next", new byte[32]);

    private static final long BEGAN = Instant.parse("2026-11-30T12:00:00Z").toEpochMilli();

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final RandomGenerator random;
    private final List<Appended> log = new ArrayList<>();
    private final Map<DeviceId, List<Issued>> issued = new HashMap<>();
    private final List<Instance> instances = new ArrayList<>();
    private final MapDirectory directory = new MapDirectory();
    private int authentications;
    private int next;

    /** The key is the one that it is sealed with. */
    private record Appended(DeviceId device, @Nullable Entry entry, long at, TokenKey key) {}

    private record Issued(AccessToken token, long at) {}

    SimulatedStore(RandomGenerator random) {
        this.random = random;
    }

    /** A process. */
    final class Instance {

        private final TokenTable tokens = new TokenTable(1000);
        private final long skew;
        private final OwnKeys keys = new OwnKeys();
        private final TokenStore cached = new TokenStore(1000, this::nanos);
        private final Sharing sharing;
        private final Sweep sweep;
        private final TokenCache cache;
        private Duration line = Duration.ZERO;
        private int charged;
        private Duration lag = Duration.ofMillis(5);
        private boolean usable = true;
        private boolean losing;
        private boolean alive = true;
        private boolean denied;
        private int position;
        private Duration latency = Duration.ofMillis(50);

        private Instance(Duration skew) {
            this.skew = skew.toMillis();
            Log log = new Log();
            this.sharing =
                    new Sharing(tokens, log, keys, () -> Instant.ofEpochMilli(clock()), this::nanos, next++, PATIENCE);
            this.sweep = new Sweep(
                    tokens,
                    log,
                    keys,
                    () -> Instant.ofEpochMilli(clock()),
                    Duration.ofSeconds(60 + random.nextInt(540)));
            this.cache = new TokenCache(
                    cached,
                    new Shared(),
                    new Authentications(),
                    directory,
                    0.9,
                    time,
                    this::nanos,
                    random,
                    new RequestMeters(new SimpleMeterRegistry()));
            time.schedule(this::read, 1, TimeUnit.MILLISECONDS);
            time.schedule(this::sweep, 1, TimeUnit.SECONDS);
        }

        TokenCache cache() {
            return cache;
        }

        Sharing sharing() {
            return sharing;
        }

        TokenTable tokens() {
            return tokens;
        }

        /** How many tokens the cache holds. */
        long cached() {
            return cached.size();
        }

        /** How many authentications were charged to its quota. */
        int charged() {
            return charged;
        }

        /** How long an authentication waits in line until it may leave. */
        Instance line(Duration value) {
            line = value;
            return this;
        }

        /** It has these keys from now on, and encrypts with the first one. */
        Instance keys(TokenKey current, TokenKey... others) {
            keys.current = current;
            keys.held = Stream.concat(Stream.of(current), Arrays.stream(others)).toList();
            return this;
        }

        Instance lag(Duration value) {
            lag = value;
            return this;
        }

        Instance latency(Duration value) {
            latency = value;
            return this;
        }

        /** Kafka is known not to work. */
        Instance usable(boolean value) {
            usable = value;
            return this;
        }

        /** What it appends disappears, and nobody notices. */
        Instance losing(boolean value) {
            losing = value;
            return this;
        }

        /** The platform refuses its authentications. */
        Instance denied(boolean value) {
            denied = value;
            return this;
        }

        /** It ends at once: nothing that it had begun goes on. */
        void kill() {
            alive = false;
        }

        private long nanos() {
            return time.now(TimeUnit.NANOSECONDS);
        }

        private long clock() {
            return BEGAN + time.now(TimeUnit.MILLISECONDS) + skew;
        }

        /** Reads a part of what there is, again and again. */
        private void read() {
            if (!alive) {
                return;
            }
            int until = log.size() - position > 1 ? position + 1 + random.nextInt(log.size() - position) : log.size();
            for (; position < until; position++) {
                Appended record = log.get(position);
                if (record.entry() == null) {
                    sharing.deleted(record.device());
                } else if (!keys.hold(record.key())) {
                    sharing.unreadable(record.device());
                } else {
                    Optional<String> unused = sharing.read(record.device(), record.entry(), record.at());
                }
            }
            sharing.passOn();
            time.schedule(this::read, 1 + random.nextLong(lag.toMillis()), TimeUnit.MILLISECONDS);
        }

        private void sweep() {
            if (alive) {
                sweep.some();
                time.schedule(this::sweep, 1, TimeUnit.SECONDS);
            }
        }

        private static final class OwnKeys implements Keys {

            private TokenKey current = KEY;
            private List<TokenKey> held = List.of(KEY);

            @Override
            public TokenKey current() {
                return current;
            }

            @Override
            public boolean hold(TokenKey key) {
                return held.contains(key);
            }
        }

        private final class Authentications implements Authenticator {

            @Override
            public Mono<Authentication> authenticate(DeviceCredentials credentials) {
                return Mono.defer(() -> Mono.delay(latency, time)).flatMap(ignored -> {
                    if (!alive) {
                        return Mono.never();
                    }
                    authentications++;
                    return Mono.just(denied ? new Authentication.Postponed() : issue(credentials.device()));
                });
            }

            /** As within limits: it waits in line, is looked after, charged and claimed. */
            @Override
            public Mono<Authentication> authenticate(DeviceCredentials credentials, TokenWish wish) {
                Mono<Authentication> turn = Mono.defer(() -> {
                    if (!wish.isOpen()) {
                        return Mono.empty();
                    }
                    charged++;
                    return Authenticator.super.authenticate(credentials, wish);
                });
                return line.isZero() ? turn : Mono.delay(line, time).then(turn);
            }
        }

        private final class Log implements TokenLog {

            private long last;

            @Override
            public boolean isUsable() {
                return usable;
            }

            @Override
            public boolean isWorthTrying() {
                return usable;
            }

            @Override
            public void append(DeviceId device, Entry entry) {
                put(device, entry);
            }

            @Override
            public void delete(DeviceId device) {
                put(device, null);
            }

            /** One producer keeps the order of its records. */
            private void put(DeviceId device, @Nullable Entry entry) {
                last = Math.max(last, time.now(TimeUnit.MILLISECONDS) + random.nextLong(lag.toMillis()));
                if (alive && !losing && usable) {
                    TokenKey key = entry == null || entry.token() == null
                            ? keys.current()
                            : entry.token().key();
                    time.schedule(
                            () -> log.add(new Appended(device, entry, clock(), key)),
                            last - time.now(TimeUnit.MILLISECONDS),
                            TimeUnit.MILLISECONDS);
                }
            }

            @Override
            public void missed() {
                usable = false;
            }
        }

        private final class Shared implements SharedTokens {

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
                return Optional.empty();
            }

            @Override
            public Optional<SharedTokensStatus> status() {
                return Optional.of(new SharedTokensStatus(true, tokens.size(), Optional.empty(), Optional.empty()));
            }
        }
    }

    Instance start() {
        return start(Duration.ZERO);
    }

    /** Starts an instance, with a clock that is wrong. */
    Instance start(Duration skew) {
        Instance instance = new Instance(skew);
        instances.add(instance);
        return instance;
    }

    List<Instance> instances() {
        return instances;
    }

    DeviceCredentials device(String id) {
        directory.with(id, "12345678");
        return directory.credentials(new DeviceId(id)).orElseThrow();
    }

    void pass(Duration duration) {
        time.advanceTimeBy(duration);
    }

    long millis() {
        return time.now(TimeUnit.MILLISECONDS);
    }

    int authentications() {
        return authentications;
    }

    /**
     * Of the records that are older, the log keeps only the last one of each device. Who has not read the others will not. Kafka
     * compacts only segments that are closed.
     */
    void compact(Duration older) {
        Map<DeviceId, Integer> last = new HashMap<>();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).at() - BEGAN <= millis() - older.toMillis()) {
                last.put(log.get(i).device(), i);
            } else {
                kept.add(i);
            }
        }
        kept.addAll(last.values());
        kept.sort(Comparator.naturalOrder());
        instances.forEach(instance -> {
            int position = instance.position;
            instance.position = (int) kept.stream().filter(i -> i < position).count();
        });
        List<Appended> rest = kept.stream().map(log::get).toList();
        log.clear();
        log.addAll(rest);
    }

    /** Somebody deletes the log, and creates it again: those who read it notice. */
    void createAgain() {
        log.clear();
        instances.forEach(instance -> {
            instance.position = 0;
            instance.sharing.begins();
        });
    }

    /** How many records delete something. */
    long deletions() {
        return log.stream().filter(record -> record.entry() == null).count();
    }

    Optional<Entry> last(DeviceId device) {
        return log.reversed().stream()
                .filter(record -> record.device().equals(device))
                .findFirst()
                .map(Appended::entry);
    }

    private Authentication issue(DeviceId device) {
        AccessToken token = new AccessToken(device + "/" + authentications);
        issued.computeIfAbsent(device, id -> new ArrayList<>()).add(new Issued(token, millis()));
        return new Authentication.Granted(token, LIFETIME);
    }

    /** Whether the platform takes a token from a device. */
    boolean isValid(DeviceId device, AccessToken token) {
        List<Issued> all = issued.getOrDefault(device, List.of());
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).token().equals(token)) {
                long end = all.get(i).at() + LIFETIME.toMillis();
                long replaced = i + 1 < all.size() ? all.get(i + 1).at() + 30_000 : Long.MAX_VALUE;
                return millis() < Math.min(end, replaced);
            }
        }
        return false;
    }

    void revokeAll() {
        issued.clear();
    }
}

package io.iotdarelay.registry;

import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.metrics.RegistryMeters;
import io.iotdarelay.schemas.Compilation;
import io.iotdarelay.schemas.SchemaKey;
import io.iotdarelay.schemas.SchemaText;
import io.iotdarelay.schemas.SchemaType;
import io.iotdarelay.telemetry.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The schemas in use. {@link #lookup} may be called by any thread and never waits; asking the registry happens on one event loop: for
 * each schema once, few at a time, and by one request alone while the registry fails.
 */
public final class SchemaRegistry implements SchemaLookup {

    private static final Logger log = LoggerFactory.getLogger(SchemaRegistry.class);

    private static final int MAX_SCHEMAS = 1_000;
    private static final int MAX_UNREADABLE = 10_000;
    private static final int MAX_REQUESTS = 4;
    private static final Duration UNREADABLE_FOR = Duration.ofMinutes(1);

    /** A server may lag behind the one that a schema was registered with. */
    private static final Duration FIRST_UNREADABLE_FOR = Duration.ofSeconds(5);

    private static final Duration ASK_AGAIN_AFTER = Duration.ofMillis(1_500);

    /** Unknown schemas that are asked for once more while their records wait: one per 10 seconds, after the first 20. */
    private static final Duration DOUBT_COSTS = Duration.ofSeconds(10);

    private static final Duration DOUBT_CREDIT = DOUBT_COSTS.multipliedBy(20);

    /** Unknown schemas that may be asked for: 20 per second, after the first 100. */
    private static final Duration UNKNOWN_COSTS = Duration.ofMillis(50);

    private static final Duration UNKNOWN_CREDIT = UNKNOWN_COSTS.multipliedBy(100);

    private static final Lookup AWAITED = new Lookup.Awaited();

    /** What is known about a schema, and how long that counts. */
    private record Entry(Lookup lookup, Instant until) {}

    private final Map<SchemaKey, Entry> entries = new ConcurrentHashMap<>();
    private final SchemaSource source;
    private final Scheduler loop;
    private final RegistryMeters meters;
    private final Backoff backoff;
    private final InstantSource time;
    private volatile RegistryStatus status = new RegistryStatus(0, 0, Optional.empty());

    // The rest belongs to the event loop.
    private final SequencedSet<SchemaKey> wanted = new LinkedHashSet<>();
    private final SequencedSet<SchemaKey> known = new LinkedHashSet<>();
    private final SequencedSet<SchemaKey> unreadable = new LinkedHashSet<>();
    private final SequencedSet<SchemaKey> missed = new LinkedHashSet<>();
    private final Map<SchemaKey, Integer> doubted = new HashMap<>();
    private final Disposable.Swap alarm = Disposables.swap();
    private int requests;
    private int postponed;
    private long failures;
    private int server;
    private Instant notBefore = Instant.MIN;
    private Instant unknownPaid = Instant.MIN;
    private Instant doubtPaid = Instant.MIN;
    private Optional<RegistryStatus.Trouble> trouble = Optional.empty();

    /**
     * Asks for nothing yet.
     *
     * @param loop one thread
     * @param time never jumps
     */
    SchemaRegistry(SchemaSource source, Scheduler loop, RegistryMeters meters, Backoff backoff, InstantSource time) {
        this.source = source;
        this.loop = loop;
        this.meters = meters;
        this.backoff = backoff;
        this.time = time;
    }

    /** Decodes values of one kind of schema. */
    public RecordDecoder decoder(SchemaType type) {
        return new RegistryDecoder(this, type);
    }

    /** Whether the registry answers. Callable from any thread. */
    public RegistryStatus status() {
        return status;
    }

    /** What is known about a schema; fetches it if that is nothing. */
    @Override
    public Lookup lookup(SchemaKey key) {
        Entry entry = entries.get(key);
        if (entry != null
                && (entry.until().equals(Instant.MAX) || time.instant().isBefore(entry.until()))) {
            return entry.lookup();
        }
        Entry awaited = new Entry(AWAITED, Instant.MAX);
        boolean isFirst =
                entry == null ? entries.putIfAbsent(key, awaited) == null : entries.replace(key, entry, awaited);
        if (isFirst) {
            Disposable unused = loop.schedule(() -> want(key));
        }
        return AWAITED;
    }

    @Override
    public String reason(SchemaKey key) {
        return status.trouble()
                .map(RegistryStatus.Trouble::detail)
                .orElse(key + " is being fetched from the schema registry");
    }

    private void want(SchemaKey key) {
        wanted.add(key);
        proceed();
    }

    private void proceed() {
        Instant now = time.instant();
        while (!wanted.isEmpty() && requests < (failures == 0 ? MAX_REQUESTS : 1)) {
            if (now.isBefore(notBefore)) {
                alarm.update(loop.schedule(
                        this::proceed, Duration.between(now, notBefore).toMillis() + 1, TimeUnit.MILLISECONDS));
                break;
            }
            ask(wanted.removeFirst());
        }
        publish();
    }

    private void ask(SchemaKey key) {
        requests++;
        int asked = doubted.getOrDefault(key, server);
        Disposable unused = source.fetch(key, asked)
                .single()
                .onErrorResume(e -> Mono.just(new Fetch.Failed(defect(e), false)))
                .publishOn(loop)
                .subscribe(fetch -> answered(key, asked, fetch));
    }

    /** Whatever goes wrong here, the request has ended, and the schema is still wanted. */
    private void answered(SchemaKey key, int asked, Fetch fetch) {
        requests--;
        try {
            take(key, asked, fetch);
        } catch (RuntimeException e) {
            wanted.add(key);
            failed(new Fetch.Failed(defect(e), false));
        }
        proceed();
    }

    private void take(SchemaKey key, int asked, Fetch fetch) {
        switch (fetch) {
            case Fetch.Found found -> {
                meters.found();
                reached();
                doubted.remove(key);
                missed.remove(key);
                compiled(key, found.schema());
            }
            case Fetch.Missing missing -> {
                meters.unknown();
                reached();
                missing(key, asked, missing.detail());
                payForUnknown();
            }
            case Fetch.Failed failed -> {
                meters.failed();
                wanted.add(key);
                doubted.computeIfPresent(key, (doubtful, before) -> next(asked));
                if (asked == server) { // otherwise others are asked already
                    failed(failed);
                }
            }
        }
    }

    private int next(int asked) {
        return (asked + 1) % source.servers();
    }

    private static String defect(Throwable defect) {
        log.atError().setCause(defect).log("A schema cannot be fetched or compiled because of a defect");
        return "a defect of the relay: " + defect;
    }

    private void compiled(SchemaKey key, SchemaText schema) {
        switch (compilation(schema)) {
            case Compilation.Compiled compiled -> {
                entries.put(key, new Entry(new Lookup.Known(compiled.schema()), Instant.MAX));
                unreadable.remove(key);
                forgetOldest(known, key, MAX_SCHEMAS);
            }
            case Compilation.Unusable unusable -> {
                log.atWarn()
                        .addKeyValue("schema", key)
                        .addKeyValue("reason", unusable.detail())
                        .log("A schema of the registry cannot be used; its records become dead letters");
                remember(key, key + " cannot be used: " + unusable.detail(), UNREADABLE_FOR);
            }
        }
    }

    /** A library may fail with an error, too: a missing class, an assertion. */
    static Compilation compilation(SchemaText schema) {
        try {
            return Compilation.of(schema);
        } catch (Throwable e) {
            return new Compilation.Unusable(defect(e));
        }
    }

    /** Believed when the next server that answers says so, too; then for a few seconds, and from the next time on for a minute. */
    private void missing(SchemaKey key, int asked, String detail) {
        if (missed.contains(key)) {
            remember(key, detail, UNREADABLE_FOR);
        } else if (doubted.remove(key) == null && mayDoubt()) {
            doubted.put(key, next(asked));
            postponed++;
            Disposable unused = loop.schedule(
                    () -> {
                        postponed--;
                        want(key);
                    },
                    ASK_AGAIN_AFTER.toMillis(),
                    TimeUnit.MILLISECONDS);
        } else {
            missed.addLast(key);
            if (missed.size() > MAX_UNREADABLE) {
                missed.removeFirst();
            }
            remember(key, detail, FIRST_UNREADABLE_FOR);
        }
    }

    /** Otherwise a flood of unknown schemas would hold up its partition for a second each. */
    private boolean mayDoubt() {
        Instant now = time.instant();
        Instant paid = (doubtPaid.isAfter(now) ? doubtPaid : now).plus(DOUBT_COSTS);
        if (paid.isAfter(now.plus(DOUBT_CREDIT))) {
            return false;
        }
        doubtPaid = paid;
        return true;
    }

    private void remember(SchemaKey key, String detail, Duration howLong) {
        entries.put(key, new Entry(new Lookup.Unreadable(detail), time.instant().plus(howLong)));
        forgetOldest(unreadable, key, MAX_UNREADABLE);
    }

    /** What is awaited is not forgotten. */
    private void forgetOldest(SequencedSet<SchemaKey> order, SchemaKey newest, int most) {
        order.addLast(newest);
        if (order.size() > most) {
            entries.computeIfPresent(
                    order.removeFirst(), (key, entry) -> entry.lookup() instanceof Lookup.Awaited ? entry : null);
        }
    }

    private void payForUnknown() {
        Instant now = time.instant();
        unknownPaid = (unknownPaid.isAfter(now) ? unknownPaid : now).plus(UNKNOWN_COSTS);
        Instant next = unknownPaid.minus(UNKNOWN_CREDIT);
        if (next.isAfter(notBefore)) {
            notBefore = next;
        }
    }

    private void reached() {
        if (failures > 0) {
            log.atInfo().log("The schema registry answers again");
        }
        failures = 0;
        trouble = Optional.empty();
    }

    private void failed(Fetch.Failed failed) {
        if (failures == 0) {
            log.atWarn()
                    .addKeyValue("reason", failed.detail())
                    .log("The schema registry does not answer; records that need a schema from it wait");
        }
        Instant now = time.instant();
        failures++;
        trouble = Optional.of(new RegistryStatus.Trouble(
                failed.detail(),
                failed.misconfigured(),
                trouble.map(RegistryStatus.Trouble::since).orElse(now)));
        server = next(server);
        if (failures % source.servers() == 0) {
            notBefore = now.plus(backoff.after(failures / source.servers()));
        }
    }

    private void publish() {
        status = new RegistryStatus(known.size(), wanted.size() + requests + postponed, trouble);
    }
}

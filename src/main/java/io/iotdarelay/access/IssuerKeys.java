package io.iotdarelay.access;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The keys of an issuer, fetched when a token first needs them, and again when they have some age or a token names another one. Whatever
 * tokens come, the issuer is asked once at a time, and after that not for a while. Its state is confined to one thread.
 */
final class IssuerKeys {

    static final Duration FRESH = Duration.ofMinutes(10);
    /** How long they count while the issuer does not answer. */
    static final Duration USABLE = Duration.ofHours(24);

    static final Duration PAUSE = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    private final Supplier<Mono<JWKSet>> issuer;
    private final Scheduler thread;
    private final LongSupplier nanoTime;

    private @Nullable JWKSet keys;
    private long fetchedAt;
    private @Nullable Mono<JWKSet> fetching;
    private boolean asked;
    private long askedAt;
    private boolean failing;

    /** There are no keys that could tell. */
    static final class UnavailableException extends Exception {

        private static final long serialVersionUID = 1;

        UnavailableException() {
            super("the issuer's keys are not known", null, false, false);
        }
    }

    /** Asks nothing yet. */
    IssuerKeys(Supplier<Mono<JWKSet>> issuer, Scheduler thread, LongSupplier nanoTime) {
        this.issuer = issuer;
        this.thread = thread;
        this.nanoTime = nanoTime;
    }

    /** The keys, of which one should be that of this ID; fails with {@link UnavailableException} if there are none. */
    Mono<List<JWK>> forKey(@Nullable String id) {
        return Mono.defer(() -> current(id)).subscribeOn(thread);
    }

    private Mono<List<JWK>> current(@Nullable String id) {
        JWKSet known = isYoungerThan(USABLE) ? keys : null;
        if (known == null) {
            return mayAsk() ? fetched() : Mono.error(new UnavailableException());
        }
        if (id != null && known.getKeyByKeyId(id) == null) {
            return mayAsk() ? fetched().onErrorReturn(known.getKeys()) : Mono.just(known.getKeys());
        }
        if (!isYoungerThan(FRESH) && mayAsk()) {
            fetched().subscribe(ignored -> {}, ignored -> {});
        }
        return Mono.just(known.getKeys());
    }

    private boolean isYoungerThan(Duration age) {
        return keys != null && nanoTime.getAsLong() - fetchedAt < age.toNanos();
    }

    /** Or somebody is asking. */
    private boolean mayAsk() {
        return fetching != null || !asked || nanoTime.getAsLong() - askedAt >= PAUSE.toNanos();
    }

    private Mono<List<JWK>> fetched() {
        if (fetching == null) {
            asked = true;
            askedAt = nanoTime.getAsLong();
            fetching = issuer.get()
                    .publishOn(thread)
                    .doOnNext(this::take)
                    .doOnError(this::failed)
                    .doFinally(end -> fetching = null)
                    .cache();
        }
        return fetching.map(JWKSet::getKeys).onErrorMap(ignored -> new UnavailableException());
    }

    private void take(JWKSet answer) {
        keys = answer;
        fetchedAt = nanoTime.getAsLong();
        if (failing) {
            log.info("The issuer of tokens answers again");
        }
        failing = false;
    }

    private void failed(Throwable failure) {
        if (!failing) {
            log.atWarn()
                    .addKeyValue("reason", reason(failure))
                    .log("The issuer of tokens does not tell its keys; passwords work on");
        }
        failing = true;
    }

    private static String reason(Throwable failure) {
        String kind = failure.getClass().getSimpleName();
        return failure instanceof Issuer.AnswerException
                ? String.valueOf(failure.getMessage())
                : failure instanceof java.io.IOException ? kind + ": " + failure.getMessage() : kind;
    }
}

package io.iotdarelay.access;

import io.iotdarelay.access.Logins.Outcome;
import io.iotdarelay.metrics.AccessMeters;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Checks passwords on one thread, before which few attempts may wait; logs and counts those that are wrong. */
final class PasswordChecks implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PasswordChecks.class);
    private static final int MOST_WAITING = 32;
    private static final String THREAD = "relay-login";
    private static final int THREAD_LIVES_SECONDS = 60;

    private final Scheduler thread = Schedulers.newBoundedElastic(1, MOST_WAITING, THREAD, THREAD_LIVES_SECONDS, true);
    private final Logins logins;
    private final AccessMeters meters;

    PasswordChecks(Logins logins, AccessMeters meters) {
        this.logins = logins;
        this.meters = meters;
    }

    /** Passwords that are known and clients that have to wait do not queue behind those that guess. */
    Mono<Outcome> attempt(InetAddress address, String user, String password) {
        return Mono.fromSupplier(() -> logins.known(address, user, password))
                .flatMap(known -> known.map(Mono::just)
                        .orElseGet(() -> Mono.fromCallable(
                                        () -> noted(logins.attempt(address, user, password), address, user))
                                .subscribeOn(thread)
                                .onErrorReturn(
                                        RejectedExecutionException.class, new Outcome.Later(Duration.ofSeconds(1)))))
                .doOnNext(this::countThrottled);
    }

    /** Also if the client does not wait for the answer. */
    private Outcome noted(Outcome outcome, InetAddress address, String user) {
        if (outcome instanceof Outcome.Refused refused) {
            meters.loginRefused();
            // An unknown name may be a password that was typed into the wrong field.
            log.atWarn()
                    .addKeyValue("user", refused.known() ? user : "unknown")
                    .addKeyValue("address", address.getHostAddress())
                    .log("A login failed");
        }
        return outcome;
    }

    private void countThrottled(Outcome outcome) {
        if (outcome instanceof Outcome.Later) {
            meters.loginThrottled();
        }
    }

    @Override
    public void close() {
        thread.dispose();
    }
}

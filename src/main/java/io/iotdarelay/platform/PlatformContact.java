package io.iotdarelay.platform;

import io.iotdarelay.telemetry.Backoff;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The first contact with the platform. Until a TLS handshake has succeeded once, the relay takes no records and is not
 * ready, so that a wrong name or certificate stops a roll-out before a working pod has lost a partition. Once it has
 * succeeded, this never tries again: later failures are handled by the circuit breakers.
 *
 * <p>Failed handshakes are retried with the same backoff as requests. Lives on one event loop; {@link #trouble()} may be
 * called by any thread.
 */
public final class PlatformContact implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PlatformContact.class);

    private final Mono<Optional<Trouble>> handshake;
    private final Scheduler loop;
    private final Backoff backoff;
    private final Disposable.Swap running = Disposables.swap();

    private volatile Optional<Trouble> trouble = Optional.of(new Trouble("no answer yet", false));
    private int attempts;

    /**
     * Why the platform has not been reached yet.
     *
     * @param detail a readable explanation
     * @param misconfigured whether only a wrong configuration, here or there, explains it
     */
    public record Trouble(String detail, boolean misconfigured) {

        /** The message that health shows. */
        public String describe() {
            return "waiting for the platform: " + detail;
        }
    }

    /**
     * Does nothing until {@link #begin()}.
     *
     * @param handshake one attempt per subscription; emits the problem, if any
     * @param loop where attempts run
     */
    public PlatformContact(Mono<Optional<Trouble>> handshake, Scheduler loop, RandomGenerator random) {
        this.handshake = handshake;
        this.loop = loop;
        this.backoff = Backoff.standard(random);
    }

    /** Starts trying. Returns at once. */
    public void begin() {
        running.update(
                handshake
                        .subscribeOn(loop)
                        .doOnNext(this::tried)
                        .filter(Optional::isEmpty)
                        .repeatWhenEmpty(
                                failed -> failed.concatMap(before -> Mono.delay(backoff.after(before + 1), loop)))
                        .subscribe(
                                reached -> {},
                                defect -> log.atError()
                                        .setCause(defect)
                                        .log(
                                                "The attempts to reach the platform ended; the relay will not join its consumer group")));
    }

    /** Why the platform has not been reached yet; empty once it has been, for good. Callable from any thread. */
    public Optional<Trouble> trouble() {
        return trouble;
    }

    /** Aborts a running attempt. */
    @Override
    public void close() {
        running.dispose();
    }

    private void tried(Optional<Trouble> failure) {
        boolean isFirst = attempts++ == 0;
        trouble = failure;
        failure.ifPresentOrElse(
                why -> (isFirst ? log.atWarn() : log.atDebug())
                        .addKeyValue("reason", why.detail())
                        .log("The platform cannot be reached yet; the consumer group is joined when it can"),
                () -> log.atInfo().addKeyValue("attempt", attempts).log("The platform was reached"));
    }
}

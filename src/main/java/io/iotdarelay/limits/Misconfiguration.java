package io.iotdarelay.limits;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the configuration seems to be wrong: the server is not the platform, or it refuses every device. That needs
 * {@link Evidence} across devices; one device's problem is its own. While it is suspected, single requests probe
 * periodically, and the first success of the same kind ends it. Callable from any thread.
 */
final class Misconfiguration {

    private static final Logger log = LoggerFactory.getLogger(Misconfiguration.class);

    static final String NAME = "configuration";

    /** Frequent probes do not correct a wrong configuration. */
    private static final Duration PROBE_EVERY = Duration.ofSeconds(30);

    /** A device that failed probes only if no other has done so meanwhile: after so many times the wait of the others. */
    private static final int AFTER_OTHERS = 6;

    /** A device that has not failed itself may find out sooner whether the suspicion is wrong; then twice as long each time. */
    private static final Duration FIRST_PROBE = Duration.ofSeconds(1);

    /** The same where nothing has ever succeeded, which makes a wrong configuration likelier. */
    private static final Duration FIRST_PROBE_EVER = Duration.ofSeconds(5);

    private static final int WINDOW = 100;
    private static final int LEAST_FAILURES = 10;
    private static final double SHARE = 0.5;

    /** How a request may pass. */
    enum Pass {
        FREE,
        PROBE,
        NO
    }

    private sealed interface State {

        record Unsuspected() implements State {}

        /**
         * It is suspected.
         *
         * @param kind whose success ends it
         * @param probedAt when a probe failed last, or the suspicion arose
         * @param pause how long a device that has not failed itself waits from then on
         */
        record Suspected(RequestKind kind, String why, Instant probedAt, Duration pause, boolean probing)
                implements State {

            /** Where authentications fail, devices that have a token may still report. */
            boolean allows(RequestKind other) {
                return kind == RequestKind.AUTHENTICATION && other == RequestKind.REPORT;
            }

            boolean mayProbe(boolean failing, Instant now) {
                return !probing
                        && !now.isBefore(probedAt.plus(failing ? atMost(pause.multipliedBy(AFTER_OTHERS)) : pause));
            }

            Suspected probing(boolean isProbing) {
                return new Suspected(kind, why, probedAt, pause, isProbing);
            }

            Suspected probed(String answer, Instant now) {
                return new Suspected(kind, answer, now, atMost(pause.multipliedBy(2)), false);
            }

            private static Duration atMost(Duration wait) {
                return wait.compareTo(PROBE_EVERY) < 0 ? wait : PROBE_EVERY;
            }
        }
    }

    private final AtomicReference<State> state = new AtomicReference<>(new State.Unsuspected());
    private final Evidence reports;
    private final Evidence authentications;
    private final InstantSource time;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Optional<String> last = Optional.empty();

    /**
     * Nothing is suspected.
     *
     * @param time the monotonic clock
     */
    Misconfiguration(InstantSource time, LongSupplier nanoTime) {
        this.time = time;
        this.reports = new Evidence(WINDOW, LEAST_FAILURES, SHARE, nanoTime);
        this.authentications = new Evidence(WINDOW, LEAST_FAILURES, SHARE, nanoTime);
    }

    Evidence evidence(RequestKind kind) {
        return switch (kind) {
            case REPORT -> reports;
            case AUTHENTICATION -> authentications;
        };
    }

    /** What seems to be wrong, if anything. */
    Optional<String> reason() {
        return state.get() instanceof State.Suspected suspected ? Optional.of(suspected.why()) : Optional.empty();
    }

    BreakerStatus status() {
        return new BreakerStatus(
                NAME,
                switch (state.get()) {
                    case State.Unsuspected ignored -> "CLOSED";
                    case State.Suspected suspected -> suspected.probing() ? "HALF_OPEN" : "OPEN";
                },
                last);
    }

    /** Called after each change, on the thread that made it. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** How many requests may pass now, of devices that fail or that do not. */
    int admissible(RequestKind kind, boolean failing) {
        return switch (state.get()) {
            case State.Unsuspected ignored -> Integer.MAX_VALUE;
            case State.Suspected suspected ->
                suspected.allows(kind) ? Integer.MAX_VALUE : suspected.mayProbe(failing, time.instant()) ? 1 : 0;
        };
    }

    Pass tryPass(RequestKind kind, boolean failing) {
        return switch (state.get()) {
            case State.Unsuspected ignored -> Pass.FREE;
            case State.Suspected suspected -> suspected.allows(kind) ? Pass.FREE : tryProbe(suspected, failing);
        };
    }

    private Pass tryProbe(State.Suspected suspected, boolean failing) {
        return suspected.mayProbe(failing, time.instant()) && state.compareAndSet(suspected, suspected.probing(true))
                ? Pass.PROBE
                : Pass.NO;
    }

    void succeeded(RequestKind kind, FailureHistory history, DeviceId device, Pass pass) {
        evidence(kind).succeeded();
        history.succeeded(device);
        if (!(state.get() instanceof State.Suspected suspected)) {
            return;
        }
        if (suspected.kind() != kind) {
            withdraw(pass);
        } else {
            end(suspected);
        }
    }

    /**
     * A request failed in a way that a wrong configuration would explain.
     */
    void failed(RequestKind kind, FailureHistory history, DeviceId device, Failed failure, Pass pass) {
        boolean counts = history.failed(device, failure.weight(), failure.begun());
        Instant now = time.instant();
        String why = failure.why() + " (" + now.truncatedTo(ChronoUnit.SECONDS) + ")";
        switch (state.get()) {
            case State.Suspected suspected -> {
                if (pass == Pass.PROBE && state.compareAndSet(suspected, suspected.probed(why, now))) {
                    last = Optional.of(why);
                    changed();
                }
            }
            case State.Unsuspected unsuspected -> {
                Duration pause = evidence(kind).successes() > 0 ? FIRST_PROBE : FIRST_PROBE_EVER;
                State.Suspected found = new State.Suspected(kind, why, now, pause, false);
                if (counts && isLikely(kind) && state.compareAndSet(unsuspected, found)) {
                    last = Optional.of(why);
                    log.atError()
                            .addKeyValue("reason", failure.why())
                            .log("The configuration seems to be wrong; only probes are sent until one succeeds");
                    changed();
                }
            }
        }
    }

    /** Devices that have a token report without authenticating: while reports are accepted, refusals are the devices' own. */
    private boolean isLikely(RequestKind kind) {
        return evidence(kind).blamesThePlatform()
                && !(kind == RequestKind.AUTHENTICATION && authentications.hasRecentSuccess());
    }

    /** A report was accepted: not all authentications are refused. */
    void reportAccepted() {
        authentications.succeeded();
        if (state.get() instanceof State.Suspected suspected && suspected.kind() == RequestKind.AUTHENTICATION) {
            end(suspected);
        }
    }

    private void end(State.Suspected suspected) {
        if (state.compareAndSet(suspected, new State.Unsuspected())) {
            evidence(suspected.kind()).forget();
            log.atInfo().log("The platform can be reached again; the configuration is no longer suspected");
            changed();
        }
    }

    /**
     * What failed.
     *
     * @param weight how strong the evidence is
     * @param begun how many requests had succeeded when it was sent
     */
    record Failed(String why, FailureHistory.Weight weight, long begun) {}

    /** A probe says nothing: another may be sent in its place. */
    void withdraw(Pass pass) {
        if (pass == Pass.PROBE
                && state.get() instanceof State.Suspected suspected
                && state.compareAndSet(suspected, suspected.probing(false))) {
            changed();
        }
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }
}

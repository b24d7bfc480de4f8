package io.iotdarelay.limits;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A circuit breaker that represents the platform: it opens on {@link Evidence} across devices, never for a failing minority.
 * Resilience4j keeps its state, waits, and counts the probes. Used by all event loops, without locks. Whoever has acquired a
 * permission later records success, failure, or a result that says nothing about the platform.
 */
final class Breaker {

    /*
     * While the breaker is closed, Resilience4j's own window is not used: it counts calls, and a few devices that are retried make
     * many calls. So its three settings mean devices here: sliding-window-size is how many count,
     * failure-rate-threshold is the share of them that has to be failing, and minimum-number-of-calls is how many failures there have
     * to be. While it is half open, Resilience4j hands out the probes and decides, with two exceptions: the probe of a device that
     * fails while others succeed does not count, and the breaker closes as soon as the rest of the probes cannot change that.
     */

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    /** Durations are ignored: a slow platform is not a failing one. */
    private static final Duration NO_DURATION = Duration.ZERO;

    private static final Duration REMIND_EVERY = Duration.ofMinutes(5);
    private static final double PERCENT = 100;

    /** Why a request failed. Resilience4j needs an exception; this one has no stack trace. */
    static final class Failure extends Exception {
        Failure(String why) {
            super(why, null, false, false);
        }
    }

    private final CircuitBreaker breaker;
    private final Evidence evidence;
    private volatile Optional<String> lastFailure = Optional.empty();
    private volatile Instant lastFailureAt = Instant.EPOCH;
    private volatile Instant loggedAt = Instant.EPOCH;

    Breaker(CircuitBreaker breaker, LongSupplier nanoTime) {
        CircuitBreakerConfig config = breaker.getCircuitBreakerConfig();
        this.breaker = breaker;
        this.evidence = new Evidence(
                config.getSlidingWindowSize(),
                config.getMinimumNumberOfCalls(),
                config.getFailureRateThreshold() / PERCENT,
                nanoTime);
        breaker.getEventPublisher().onStateTransition(event -> {
            CircuitBreaker.State to = event.getStateTransition().getToState();
            if (to == CircuitBreaker.State.CLOSED) {
                evidence.forget();
            }
            level(event.getStateTransition())
                    .addKeyValue("breaker", breaker.getName())
                    .addKeyValue("state", to)
                    .addKeyValue("reason", lastFailure.orElse("none"))
                    .log("A circuit breaker changed its state");
        });
    }

    /** In an hour's outage there are hundreds of probes; the log needs only its start, its end and an occasional reminder. */
    private LoggingEventBuilder level(CircuitBreaker.StateTransition transition) {
        return switch (transition.getToState()) {
            case OPEN, FORCED_OPEN -> {
                boolean isNews = transition.getFromState() == CircuitBreaker.State.CLOSED;
                if (isNews || !lastFailureAt.isBefore(loggedAt.plus(REMIND_EVERY))) {
                    loggedAt = lastFailureAt;
                    yield log.atWarn();
                }
                yield log.atDebug();
            }
            case HALF_OPEN -> log.atDebug();
            case CLOSED, DISABLED, METRICS_ONLY -> log.atInfo();
        };
    }

    String name() {
        return breaker.getName();
    }

    BreakerStatus status() {
        return new BreakerStatus(breaker.getName(), breaker.getState().name(), lastFailure);
    }

    /** What one event loop knows about the devices. */
    FailureHistory history() {
        return evidence.history();
    }

    /** How many requests of this kind have succeeded so far. */
    long successes() {
        return evidence.successes();
    }

    /** Whether no request is permitted now. */
    boolean isOpen() {
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> true;
            case CLOSED, HALF_OPEN, DISABLED, METRICS_ONLY -> false;
        };
    }

    boolean isClosed() {
        return breaker.getState() == CircuitBreaker.State.CLOSED;
    }

    boolean isHalfOpen() {
        return breaker.getState() == CircuitBreaker.State.HALF_OPEN;
    }

    /** How many requests are permitted while it is half-open. */
    int probes() {
        return breaker.getCircuitBreakerConfig().getPermittedNumberOfCallsInHalfOpenState();
    }

    /** The last failure that counted, with its time, if there was one. */
    Optional<String> lastFailure() {
        return lastFailure;
    }

    /** Called after each change of state, on the thread that made it. */
    void onTransition(Runnable listener) {
        breaker.getEventPublisher().onStateTransition(event -> listener.run());
    }

    boolean tryAcquire() {
        return breaker.tryAcquirePermission();
    }

    void succeeded(FailureHistory history, DeviceId device) {
        evidence.succeeded();
        history.succeeded(device);
        if (isClosed()) {
            return;
        }
        breaker.onSuccess(NO_DURATION.toNanos(), TimeUnit.NANOSECONDS);
        if (isHalfOpen() && isDecided()) {
            breaker.transitionToClosedState();
        }
    }

    /** Whether the breaker closes whatever the result of the other probes. One of them may hang for a long time. */
    private boolean isDecided() {
        int others = probes() - breaker.getMetrics().getNumberOfSuccessfulCalls();
        return others * PERCENT / probes() < breaker.getCircuitBreakerConfig().getFailureRateThreshold();
    }

    /** A request of another kind succeeded: from now on, a device that fails again fails while others succeed. */
    void platformAnswered() {
        evidence.succeeded();
    }

    /**
     * A request failed.
     *
     * @param begun how many requests had succeeded when it was sent
     */
    void failed(FailureHistory history, DeviceId device, long begun, String why, Instant now) {
        if (!history.failed(device, FailureHistory.Weight.OUTAGE, begun)) {
            breaker.releasePermission();
            return;
        }
        lastFailureAt = now;
        lastFailure = Optional.of(why + " (" + now.truncatedTo(ChronoUnit.SECONDS) + ")");
        if (!isClosed()) {
            breaker.onError(NO_DURATION.toNanos(), TimeUnit.NANOSECONDS, new Failure(why));
        } else if (evidence.blamesThePlatform()) {
            breaker.transitionToOpenState();
        }
    }

    /** The request says nothing about the platform; while half-open, another may probe in its place. */
    void withdraw() {
        breaker.releasePermission();
    }
}

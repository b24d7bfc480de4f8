package io.iotdarelay.delivery;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker, asked and told by all event loops. Whoever acquires a permission has to say afterwards that the request
 * succeeded, that it failed, or that it says nothing about the platform.
 *
 * <p>Failures of one device in a row count once: a single device that never gets an answer must not stop the others.
 */
final class Breaker {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    /** Durations do not count: a slow platform is not a dead one. */
    private static final Duration NO_DURATION = Duration.ZERO;

    /** Why a request failed. Without a stack trace: it is a value in an exception's clothes, as Resilience4j wants it. */
    static final class Failure extends Exception {
        Failure(String why) {
            super(why, null, false, false);
        }
    }

    private final CircuitBreaker breaker;

    /** A single failure decides, so what succeeded before it need not be remembered. */
    private final boolean opensAtOnce;

    private final AtomicReference<Optional<DeviceId>> lastFailed = new AtomicReference<>(Optional.empty());
    private volatile Optional<String> lastFailure = Optional.empty();

    Breaker(CircuitBreaker breaker) {
        this.breaker = breaker;
        this.opensAtOnce = breaker.getCircuitBreakerConfig().getSlidingWindowSize() == 1;
        breaker.getEventPublisher().onStateTransition(event -> {
            CircuitBreaker.State to = event.getStateTransition().getToState();
            (to == CircuitBreaker.State.OPEN ? log.atWarn() : log.atInfo())
                    .addKeyValue("breaker", breaker.getName())
                    .addKeyValue("state", to)
                    .addKeyValue("reason", lastFailure.orElse("none"))
                    .log("A circuit breaker changed its state");
        });
    }

    String name() {
        return breaker.getName();
    }

    BreakerStatus status() {
        return new BreakerStatus(breaker.getName(), breaker.getState().name(), lastFailure);
    }

    /** Whether nothing may pass now. */
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

    /** How many requests may pass while it is half open. */
    int probes() {
        return breaker.getCircuitBreakerConfig().getPermittedNumberOfCallsInHalfOpenState();
    }

    /** The last failure that was told, with its time, where there was one. */
    Optional<String> lastFailure() {
        return lastFailure;
    }

    /** Told after each change of state, on whatever thread made it. */
    void onTransition(Runnable listener) {
        breaker.getEventPublisher().onStateTransition(event -> listener.run());
    }

    boolean tryAcquire() {
        return breaker.tryAcquirePermission();
    }

    void succeeded() {
        if (lastFailed.get().isPresent()) {
            lastFailed.set(Optional.empty());
        }
        if (!(opensAtOnce && isClosed())) {
            breaker.onSuccess(NO_DURATION.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    void failed(DeviceId device, String why, Instant now) {
        lastFailure = Optional.of(why + " (" + now.truncatedTo(ChronoUnit.SECONDS) + ")");
        Optional<DeviceId> before = lastFailed.getAndSet(Optional.of(device));
        if (breaker.getState() == CircuitBreaker.State.CLOSED && before.equals(Optional.of(device))) {
            breaker.releasePermission();
        } else {
            breaker.onError(NO_DURATION.toNanos(), TimeUnit.NANOSECONDS, new Failure(why));
        }
    }

    /** The request says nothing about the platform. */
    void withdraw() {
        breaker.releasePermission();
    }
}

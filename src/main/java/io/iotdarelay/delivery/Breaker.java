package io.iotdarelay.delivery;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A circuit breaker, asked and told by all event loops, without locks. Whoever acquires a permission has to say afterwards that
 * the request succeeded, that it failed, or that it says nothing about the platform.
 *
 * <p>A single device that never gets an answer must not stop the others: what fails again for a device counts only while nobody
 * else gets an answer either.
 */
final class Breaker {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    /** Durations do not count: a slow platform is not a dead one. */
    private static final Duration NO_DURATION = Duration.ZERO;

    private static final Duration REMIND_EVERY = Duration.ofMinutes(5);

    /** Why a request failed. Without a stack trace: it is a value in an exception's clothes, as Resilience4j wants it. */
    static final class Failure extends Exception {
        Failure(String why) {
            super(why, null, false, false);
        }
    }

    private final CircuitBreaker breaker;

    /** A single failure decides, so what succeeded before it need not be remembered. */
    private final boolean opensAtOnce;

    /** Devices whose last request failed, with the number of successes before that. Cleared when the breaker closes. */
    private final Map<DeviceId, Long> failing = new ConcurrentHashMap<>();

    private final AtomicLong successes = new AtomicLong();
    private volatile Optional<String> lastFailure = Optional.empty();
    private volatile Instant lastFailureAt = Instant.EPOCH;
    private volatile Instant toldAt = Instant.EPOCH;

    Breaker(CircuitBreaker breaker) {
        this.breaker = breaker;
        this.opensAtOnce = breaker.getCircuitBreakerConfig().getSlidingWindowSize() == 1;
        breaker.getEventPublisher().onStateTransition(event -> {
            CircuitBreaker.State to = event.getStateTransition().getToState();
            if (to == CircuitBreaker.State.CLOSED) {
                failing.clear();
            }
            level(event.getStateTransition())
                    .addKeyValue("breaker", breaker.getName())
                    .addKeyValue("state", to)
                    .addKeyValue("reason", lastFailure.orElse("none"))
                    .log("A circuit breaker changed its state");
        });
    }

    /** An outage of an hour probes hundreds of times; its beginning, its end and a reminder now and then are enough to read. */
    private LoggingEventBuilder level(CircuitBreaker.StateTransition transition) {
        return switch (transition.getToState()) {
            case OPEN, FORCED_OPEN -> {
                boolean isNews = transition.getFromState() == CircuitBreaker.State.CLOSED;
                if (isNews || !lastFailureAt.isBefore(toldAt.plus(REMIND_EVERY))) {
                    toldAt = lastFailureAt;
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

    void succeeded(DeviceId device) {
        successes.incrementAndGet();
        if (!failing.isEmpty()) {
            failing.remove(device);
        }
        if (!(opensAtOnce && isClosed())) {
            breaker.onSuccess(NO_DURATION.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** A call of another kind succeeded: whatever fails again for one device now is held against the device. */
    void platformAnswered() {
        successes.incrementAndGet();
    }

    void failed(DeviceId device, String why, Instant now) {
        lastFailureAt = now;
        lastFailure = Optional.of(why + " (" + now.truncatedTo(ChronoUnit.SECONDS) + ")");
        long succeeded = successes.get();
        Long before = failing.put(device, succeeded);
        boolean isTheDevices = before != null && before < succeeded;
        if (isTheDevices && isClosed() && !opensAtOnce) {
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

package io.iotdarelay.limits;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker over calls, whoever they are made for: it opens when half of the last ones failed. Whoever has acquired a permission
 * later records how the call ended. Any thread.
 */
public final class CallBreaker {

    private static final Logger log = LoggerFactory.getLogger(CallBreaker.class);

    private static final int WINDOW = 20;
    private static final int LEAST_CALLS = 5;
    private static final float FAILING_PERCENT = 50;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final CircuitBreaker breaker;
    private final InstantSource time;
    private volatile Optional<String> lastFailure = Optional.empty();

    /**
     * Closed.
     *
     * @param time for timestamps that people read
     */
    CallBreaker(CircuitBreaker breaker, InstantSource time) {
        this.breaker = breaker;
        this.time = time;
        breaker.getEventPublisher().onStateTransition(event -> {
            CircuitBreaker.State to = event.getStateTransition().getToState();
            boolean isNews = event.getStateTransition().getFromState() == CircuitBreaker.State.CLOSED
                    || to == CircuitBreaker.State.CLOSED;
            (isNews ? log.atInfo() : log.atDebug())
                    .addKeyValue("breaker", breaker.getName())
                    .addKeyValue("state", to)
                    .addKeyValue("reason", lastFailure.orElse("none"))
                    .log("A circuit breaker changed its state");
        });
    }

    /** A closed one. It must become half-open without being asked, because nobody asks one that is open. */
    static CallBreaker of(String name, Optional<CircuitBreakerConfig> tuned, InstantSource time) {
        CircuitBreakerConfig config = CircuitBreakerConfig.from(tuned.orElseGet(CallBreaker::usual))
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .build();
        return new CallBreaker(CircuitBreaker.of(name, config), time);
    }

    /** A closed one as it is where nothing else is configured. */
    public static CallBreaker usual(String name, InstantSource time) {
        return of(name, Optional.empty(), time);
    }

    /** The wait doubles with each probe that fails. */
    static CircuitBreakerConfig usual() {
        return CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(WINDOW)
                .minimumNumberOfCalls(LEAST_CALLS)
                .failureRateThreshold(FAILING_PERCENT)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitIntervalFunctionInOpenState(IntervalFunction.ofExponentialBackoff(FIRST_WAIT, 2, LONGEST_WAIT))
                .build();
    }

    /** Whether no call is permitted now. */
    public boolean isOpen() {
        return breaker.getState() == CircuitBreaker.State.OPEN;
    }

    public BreakerStatus status() {
        return new BreakerStatus(breaker.getName(), breaker.getState().name(), lastFailure);
    }

    public boolean tryAcquire() {
        return breaker.tryAcquirePermission();
    }

    /** The other side answered as it should, whatever that was. */
    public void succeeded() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    /** There was no answer, or one that others would get, too. */
    public void failed(String why) {
        Instant now = time.instant().truncatedTo(ChronoUnit.SECONDS);
        lastFailure = Optional.of(why + " (" + now + ")");
        breaker.onError(0, TimeUnit.NANOSECONDS, new Breaker.Failure(why));
    }

    /** The call says nothing: another may be made in its place. */
    public void withdraw() {
        breaker.releasePermission();
    }
}

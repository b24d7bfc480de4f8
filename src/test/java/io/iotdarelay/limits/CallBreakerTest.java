package io.iotdarelay.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallBreakerTest {

    private final CircuitBreaker inside = CircuitBreaker.of("platform", CallBreaker.usual());
    private final CallBreaker breaker = new CallBreaker(inside, ManualClock.at("2026-11-01T00:00:00.5Z"));

    @Test
    void opensWhenHalfOfTheLastCallsFailed() {
        breaker.succeeded();
        breaker.succeeded();
        breaker.failed("one");
        breaker.failed("two");
        assertThat(breaker.isOpen()).isFalse();
        breaker.failed("three");

        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.tryAcquire()).isFalse();
        assertThat(breaker.status())
                .isEqualTo(new BreakerStatus("platform", "OPEN", Optional.of("three (2026-11-01T00:00:00Z)")));
    }

    @Test
    void anotherOneOpensByItself() {
        CallBreaker another = breaker.another("other");

        for (int i = 0; i < 5; i++) {
            another.failed("no");
        }

        assertThat(another.status().name()).isEqualTo("other");
        assertThat(another.isOpen()).isTrue();
        assertThat(breaker.isOpen()).isFalse();
        assertThat(CallBreaker.usual("usual", ManualClock.at("2026-11-01T00:00:00Z"))
                        .isOpen())
                .isFalse();
    }

    @Test
    void aSingleProbeDecides() {
        inside.transitionToOpenState();
        inside.transitionToHalfOpenState();

        assertThat(breaker.isOpen()).isFalse();
        assertThat(breaker.tryAcquire()).isTrue();
        assertThat(breaker.tryAcquire()).as("a second one").isFalse();
        breaker.withdraw();
        assertThat(breaker.tryAcquire()).as("in place of one that was given up").isTrue();
        breaker.succeeded();
        assertThat(breaker.status().state()).isEqualTo("CLOSED");
    }

    @Test
    void becomesHalfOpenWithoutBeingAskedHoweverItIsTuned() {
        CircuitBreakerConfig tuned = CircuitBreakerConfig.custom()
                .slidingWindowSize(1)
                .minimumNumberOfCalls(1)
                .waitDurationInOpenState(Duration.ofMillis(10))
                .build();
        CallBreaker own = CallBreaker.of("platform", Optional.of(tuned), ManualClock.at("2026-11-01T00:00:00Z"));

        own.failed("once");

        await().atMost(Duration.ofSeconds(20)).until(() -> own.status().state().equals("HALF_OPEN"));
    }

    @Test
    void waitsLongerAfterEachProbeThatFails() {
        assertThat(CallBreaker.usual().getWaitIntervalFunctionInOpenState()).satisfies(wait -> {
            assertThat(wait.apply(1)).isEqualTo(5_000);
            assertThat(wait.apply(2)).isEqualTo(10_000);
            assertThat(wait.apply(10)).isEqualTo(60_000);
        });
    }
}

package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.limits.RateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class PaceTest {

    private static final double RATE = 10;
    private static final int MOST = 3;

    private final VirtualTimeScheduler loop = VirtualTimeScheduler.create();
    private final AtomicBoolean pointless = new AtomicBoolean();
    private final Pace pace = new Pace(new RateLimiter(RATE, this::nanos), MOST, loop, pointless::get, this::nanos);
    private final List<Integer> served = new ArrayList<>();
    private final List<Integer> refused = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private final AtomicInteger running = new AtomicInteger();

    private long nanos() {
        return loop.now(TimeUnit.NANOSECONDS);
    }

    private Disposable ask(int call) {
        return ask(call, Mono.just(""));
    }

    private Disposable ask(int call, Mono<String> work) {
        Mono<String> made = Mono.defer(() -> {
            served.add(call);
            return work;
        });
        Disposable asked = pace.inTurn(made, why -> why)
                .filter(why -> !why.isEmpty())
                .subscribe(why -> {
                    refused.add(call);
                    reasons.add(why);
                });
        loop.advanceTime();
        return asked;
    }

    private Disposable askForLong(int call) {
        return ask(
                call,
                Mono.<String>never()
                        .doOnSubscribe(begun -> running.incrementAndGet())
                        .doOnCancel(running::decrementAndGet));
    }

    private void ask(int first, int last) {
        for (int call = first; call <= last; call++) {
            Disposable unused = ask(call);
        }
    }

    private int servedWithin(Duration time) {
        int before = served.size();
        loop.advanceTimeBy(time);
        return served.size() - before;
    }

    @Test
    void keepsTheAnswerForWhoAsksForItLater() {
        StepVerifier.create(pace.inTurn(Mono.just("answer"), why -> why), 0)
                .then(loop::advanceTime)
                .thenRequest(1)
                .expectNext("answer")
                .verifyComplete();
    }

    @Test
    void servesInOrderSoManyASecond() {
        ask(1, 100);

        assertThat(served).startsWith(1).hasSizeLessThanOrEqualTo(2);
        assertThat(servedWithin(Duration.ofSeconds(5))).isBetween(49, 51);
        assertThat(pace.waiting()).isBetween(47, 50);
        loop.advanceTimeBy(Duration.ofSeconds(6));
        assertThat(served).hasSize(100).isSorted();
        assertThat(pace.waiting()).isZero();
    }

    @Test
    void slowsDownWhenThrottledAndRecovers() {
        ask(1, 1000);
        pace.throttled(Duration.ZERO);
        assertThat(pace.rate()).isEqualTo(RATE / 2);
        pace.throttled(Duration.ZERO);
        assertThat(pace.rate()).as("at most once a second").isEqualTo(RATE / 2);

        assertThat(servedWithin(Duration.ofMillis(999))).isBetween(4, 6);
        loop.advanceTimeBy(Duration.ofMillis(1));
        pace.throttled(Duration.ZERO);
        assertThat(pace.rate()).isLessThan(RATE / 2);
        loop.advanceTimeBy(Duration.ofSeconds(30));
        assertThat(pace.rate()).isEqualTo(RATE);
        assertThat(servedWithin(Duration.ofSeconds(5))).isBetween(49, 51);
    }

    @Test
    void waitsAsLongAsItIsAskedToButNotForEver() {
        pace.throttled(Duration.ofSeconds(20));
        pace.throttled(Duration.ofSeconds(5));
        ask(1, 5);
        assertThat(servedWithin(Duration.ofSeconds(19))).isZero();
        assertThat(servedWithin(Duration.ofSeconds(3))).isEqualTo(5);

        pace.throttled(Duration.ofDays(1));
        ask(6, 6);
        assertThat(servedWithin(Duration.ofSeconds(59))).isZero();
        assertThat(servedWithin(Duration.ofSeconds(2))).isEqualTo(1);
    }

    @Test
    void whoGivesUpTakesNoTurn() {
        ask(1, 1);
        Disposable second = ask(2);
        ask(3, 3);

        second.dispose();
        loop.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(served).containsExactly(1, 3);
    }

    @Test
    void refusesWhoeverComesWhenTooManyWait() {
        ask(1, Pace.MOST_WAITING + 5);

        assertThat(pace.waiting()).isEqualTo(Pace.MOST_WAITING);
        assertThat(refused).isNotEmpty().allMatch(call -> call > Pace.MOST_WAITING);
        assertThat(reasons).containsOnly("more than 10000 calls of the application side wait for their turn");
    }

    @Test
    void nobodyWaitsForWhatIsWithheldAnyway() {
        ask(1, 100);
        pointless.set(true);

        assertThat(servedWithin(Duration.ofSeconds(1))).isGreaterThan(90);
        assertThat(pace.waiting()).isZero();
    }

    /** A kind of call that is withheld leaves the pace to the others. */
    @Test
    void whatIsWithheldAnywayTakesNoTurnFromOthers() {
        List<String> withheld = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Disposable unused =
                    pace.inTurn(Mono.just("withheld"), why -> why, () -> true).subscribe(withheld::add);
        }
        loop.advanceTime();
        ask(1, 1);

        assertThat(withheld).hasSize(100);
        assertThat(served).containsExactly(1);
    }

    @Test
    void soManyAtATime() {
        List<Disposable> asked = new ArrayList<>();
        for (int call = 1; call <= MOST + 2; call++) {
            asked.add(askForLong(call));
        }
        loop.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(served).hasSize(MOST);
        assertThat(running).hasValue(MOST);
        assertThat(pace.waiting()).isEqualTo(2);

        asked.get(1).dispose();
        loop.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(served).hasSize(MOST + 1);
        assertThat(running).hasValue(MOST);
        asked.forEach(Disposable::dispose);
        ask(6, 10);
        loop.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(running).hasValue(0);
        assertThat(served).contains(10);
        assertThat(pace.waiting()).isZero();
    }

    @Test
    void whatFailsGivesItsTurnBack() {
        for (int call = 1; call <= MOST + 1; call++) {
            Disposable unused = pace.inTurn(Mono.<String>error(new IllegalStateException("no")), why -> why)
                    .subscribe(answer -> {}, failure -> refused.add(0));
        }
        ask(5, 5);
        loop.advanceTimeBy(Duration.ofSeconds(5));

        assertThat(refused).hasSize(MOST + 1);
        assertThat(served).containsExactly(5);
    }

    @Test
    void whoWaitsWhenItClosesIsTold() {
        for (int call = 1; call <= MOST + 2; call++) {
            Disposable unused = askForLong(call);
        }
        loop.advanceTimeBy(Duration.ofSeconds(5));

        pace.close();
        loop.advanceTime();
        ask(6, 6);

        assertThat(refused).containsExactly(4, 5, 6);
        assertThat(reasons).containsOnly("the relay is being stopped");
        assertThat(running).as("these may still be answered").hasValue(MOST);
        assertThat(pace.waiting()).isZero();
    }

    @Test
    void whoGivesUpAfterTheLoopHasEndedStopsAtOnce() {
        Disposable asked = askForLong(1);
        loop.dispose();

        asked.dispose();

        assertThat(running).hasValue(0);
    }
}

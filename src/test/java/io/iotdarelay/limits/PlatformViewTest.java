package io.iotdarelay.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.testing.FailureRow;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What requests of many devices show about the platform. */
class PlatformViewTest {

    private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");

    @ParameterizedTest
    @EnumSource(FailureRow.class)
    void opensNoBreakerButForItsOwnFault(FailureRow row) {
        for (boolean report : List.of(true, false)) {
            Platform platform = new Platform();
            for (int i = 0; i < 50; i++) {
                platform.ask(report, "d" + i, row.verdict());
            }

            assertThat(platform.of(report).getState())
                    .isEqualTo(row.counts() == FailureRow.Counts.FAILURE ? State.OPEN : State.CLOSED);
            assertThat(platform.of(!report).getState()).isEqualTo(State.CLOSED);
            assertThat(platform.isSuspected())
                    .isEqualTo(row.counts() == FailureRow.Counts.WRONG_CONFIGURATION
                            || row.counts() == FailureRow.Counts.REFUSAL);
        }
    }

    /** Most devices have a token: whether the platform is there shows in their reports. */
    @Test
    void deviceWhoseAuthenticationsFailStopsNobodyWhileOthersReport() {
        Platform platform = new Platform();
        for (int i = 0; i < 50; i++) {
            platform.ask(false, "bad", unavailable());
            platform.ask(true, "good-" + i % 5, new Verdict.Accepted());
        }

        assertThat(platform.authentications.getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void authenticationsThatFailForManyDevicesOpenTheirBreakerThoughOthersReport() {
        Platform platform = new Platform();
        for (int i = 0; i < 20; i++) {
            platform.ask(false, "bad-" + i, unavailable());
            platform.ask(true, "good-" + i % 5, new Verdict.Accepted());
        }

        assertThat(platform.authentications.getState()).isEqualTo(State.OPEN);
    }

    private static Verdict unavailable() {
        return new Verdict.Unavailable("HTTP 503", Optional.empty(), Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(FailureRow.class)
    void closesAHalfOpenBreakerOnlyByWhatThePlatformHasJudged(FailureRow row) {
        for (boolean report : List.of(true, false)) {
            Platform platform = new Platform();
            platform.of(report).transitionToOpenState();
            platform.of(report).transitionToHalfOpenState();
            for (int i = 0; i < 3; i++) {
                platform.ask(report, "d" + i, row.verdict());
            }

            assertThat(platform.of(report).getState())
                    .isEqualTo(
                            switch (row.counts()) {
                                case SUCCESS, REFUSAL -> State.CLOSED;
                                case FAILURE -> State.OPEN;
                                case NOTHING, WRONG_CONFIGURATION -> State.HALF_OPEN;
                            });
        }
    }

    @ParameterizedTest
    @EnumSource(FailureRow.class)
    void endsTheSuspicionByAnyAnswerThatIsNone(FailureRow row) {
        Platform platform = new Platform();
        for (int i = 0; i < 3; i++) {
            platform.ask(true, "d" + i, FailureRow.WRONG_ADDRESS.verdict());
        }
        assertThat(platform.isSuspected()).isTrue();
        assertThat(platform.view(true).tryPass(false)).isEqualTo(Misconfiguration.Pass.NO);
        assertThat(platform.view(false).tryPass(false)).isEqualTo(Misconfiguration.Pass.NO);

        clock.advance(Duration.ofSeconds(5));
        platform.ask(true, "another", row.verdict());

        assertThat(platform.isSuspected())
                .isEqualTo(
                        switch (row.counts()) {
                            case SUCCESS, NOTHING -> false;
                            case FAILURE, WRONG_CONFIGURATION, REFUSAL -> true;
                        });
    }

    @Test
    void refusesWhatItsOwnBreakerRefuses() {
        Platform platform = new Platform();
        platform.reports.transitionToOpenState();

        assertThat(platform.view(true).tryPass(false)).isEqualTo(Misconfiguration.Pass.NO);
        assertThat(platform.view(false).tryPass(false)).isEqualTo(Misconfiguration.Pass.FREE);
        assertThat(platform.breakers.status())
                .extracting(BreakerStatus::name)
                .containsExactly("configuration", "iotda", "device-auth");
    }

    /** Some devices fail, all the time, and the others do not. */
    @ParameterizedTest
    @EnumSource(
            value = FailureRow.class,
            names = {"OUTAGE", "WRONG_ADDRESS", "UNTRUSTED", "OTHER_403"})
    void aFailingMinorityStopsNobody(FailureRow row) {
        for (boolean report : List.of(true, false)) {
            Platform platform = new Platform();
            for (int round = 0; round < 200; round++) {
                for (int i = 0; i < 132; i++) {
                    platform.ask(report, "d" + i, i % 11 == 5 ? row.verdict() : new Verdict.Accepted());
                    assertThat(platform.isWell())
                            .as("round %d, device %d", round, i)
                            .isTrue();
                }
            }
        }
    }

    /** They come first, all at once, before any other device has sent: the first success ends a suspicion. */
    @Test
    void aFailingMinorityThatComesFirstIsFoundOut() {
        Platform platform = new Platform();
        for (int i = 0; i < 12; i++) {
            platform.ask(true, "bad" + i, FailureRow.WRONG_ADDRESS.verdict());
        }
        clock.advance(Duration.ofSeconds(4));
        platform.ask(true, "good", new Verdict.Accepted());
        assertThat(platform.isSuspected()).isTrue();
        clock.advance(Duration.ofSeconds(1));
        platform.ask(true, "good", new Verdict.Accepted());
        assertThat(platform.isSuspected()).isFalse();

        for (int round = 0; round < 100; round++) {
            for (int i = 0; i < 12; i++) {
                platform.ask(true, "bad" + i, FailureRow.WRONG_ADDRESS.verdict());
            }
            platform.ask(true, "good" + round, new Verdict.Accepted());
            assertThat(platform.isSuspected()).isFalse();
        }
    }

    /** Requests that were sent together; those that hang end when others have long succeeded. */
    @Test
    void devicesThatHangTogetherAreNoOutage() {
        Platform platform = new Platform();
        List<PlatformView.Begun> hanging = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            hanging.add(platform.view(true).begun());
        }
        for (int i = 0; i < 20; i++) {
            platform.ask(true, "good" + i, new Verdict.Accepted());
        }
        for (int i = 0; i < 100; i++) {
            boolean unused = platform.view(true)
                    .judge(new DeviceId("bad" + i), unavailable(), hanging.get(i), Misconfiguration.Pass.FREE);
        }

        assertThat(platform.reports.getState()).isEqualTo(State.CLOSED);
        assertThat(platform.view(true).isFailing(new DeviceId("bad7"))).isTrue();
        assertThat(platform.view(true).isFailing(new DeviceId("good7"))).isFalse();
    }

    /** One device alone sends a thousand times as often as the failing fleet: it is one device. */
    @Test
    void oneBusyDeviceDoesNotHideAnOutage() {
        Platform platform = new Platform();
        for (int i = 0; i < 60; i++) {
            for (int n = 0; n < 50; n++) {
                platform.ask(true, "busy", new Verdict.Accepted());
            }
            platform.ask(true, "d" + i, unavailable());
        }

        assertThat(platform.reports.getState()).isEqualTo(State.OPEN);
    }

    @Test
    void anOutageOfASmallFleetIsNoticedThoughEachDeviceIsKnownToFail() {
        Platform platform = new Platform();
        platform.ask(true, "a", new Verdict.Accepted());
        platform.ask(true, "b", new Verdict.Accepted());
        clock.advance(Duration.ofSeconds(5));
        for (int i = 0; i < 10; i++) {
            platform.ask(true, i % 2 == 0 ? "a" : "b", unavailable());
        }

        assertThat(platform.reports.getState()).isEqualTo(State.OPEN);
    }

    /** Most of the fleet is quiet and was well when it was last heard of. */
    @Test
    void failuresAreBlamedOnThePlatformWhenNobodyHasSucceededForLong() {
        Platform platform = new Platform();
        for (int i = 0; i < 100; i++) {
            platform.ask(true, "quiet" + i, new Verdict.Accepted());
        }
        for (int i = 0; i < 12; i++) {
            platform.ask(true, "d" + i, unavailable());
        }
        assertThat(platform.reports.getState()).isEqualTo(State.CLOSED);

        clock.advance(Duration.ofSeconds(30));
        platform.ask(true, "d1", unavailable());

        assertThat(platform.reports.getState()).isEqualTo(State.OPEN);
    }

    /** As where most devices have gone to another instance: those that are left cannot be half of the window. */
    @Test
    void manyDevicesThatBeginToFailAreAnOutageHoweverManyHadBeenWell() {
        for (boolean report : List.of(true, false)) {
            Platform platform = new Platform();
            for (int i = 0; i < 100; i++) {
                platform.ask(report, "quiet" + i, new Verdict.Accepted());
            }
            for (int i = 0; i < 20; i++) {
                platform.ask(report, "d" + i, unavailable());
            }
            clock.advance(Duration.ofMillis(1900));
            platform.ask(report, "d1", unavailable());
            assertThat(platform.of(report).getState()).isEqualTo(State.CLOSED);

            clock.advance(Duration.ofMillis(100));
            platform.ask(report, "d2", unavailable());

            assertThat(platform.of(report).getState()).isEqualTo(State.OPEN);
        }
    }

    @Test
    void manyDevicesThatBeginToGetForeignAnswersAreASuspicionAndRefusedOnesAreNot() {
        for (FailureRow row : List.of(FailureRow.WRONG_ADDRESS, FailureRow.UNTRUSTED, FailureRow.DEVICE_REFUSED)) {
            Platform platform = new Platform();
            for (int i = 0; i < 100; i++) {
                platform.ask(true, "quiet" + i, new Verdict.Accepted());
            }
            for (int i = 0; i < 25; i++) {
                clock.advance(Duration.ofMillis(100));
                platform.ask(true, "d" + i, row.verdict());
            }

            assertThat(platform.isSuspected()).as(row.name()).isEqualTo(row != FailureRow.DEVICE_REFUSED);
        }
    }

    @Test
    void manyDevicesThatBeginToFailAreNoOutageIfAnotherSucceedsMeanwhile() {
        Platform platform = new Platform();
        for (int i = 0; i < 100; i++) {
            platform.ask(true, "quiet" + i, new Verdict.Accepted());
        }
        for (int i = 0; i < 40; i++) {
            clock.advance(Duration.ofMillis(500));
            platform.ask(true, "d" + i, unavailable());
            if (i % 15 == 0) {
                platform.ask(true, "good", new Verdict.Accepted());
            }
        }

        assertThat(platform.reports.getState()).isEqualTo(State.CLOSED);
    }

    /** A device that is retried again and again has not begun to fail. */
    @Test
    void fewDevicesThatFailAreNoOutageHoweverOftenAndHoweverLongTheOthersAreQuiet() {
        Platform platform = new Platform();
        for (int i = 0; i < 100; i++) {
            platform.ask(true, "quiet" + i, new Verdict.Accepted());
        }
        for (int quiet = 0; quiet < 20; quiet++) {
            for (int second = 0; second < 29; second++) {
                clock.advance(Duration.ofSeconds(1));
                for (int i = 0; i < 19; i++) {
                    platform.ask(true, "bad" + i, unavailable());
                }
                assertThat(platform.reports.getState()).isEqualTo(State.CLOSED);
            }
            platform.ask(true, "quiet" + quiet, new Verdict.Accepted());
        }
    }

    /** Few others succeeded meanwhile, and none since. */
    @Test
    void devicesThatHangTogetherAreNoOutageHoweverFewOthersSucceededMeanwhile() {
        Platform platform = new Platform();
        for (int i = 0; i < 100; i++) {
            platform.ask(true, "quiet" + i, new Verdict.Accepted());
        }
        PlatformView.Begun hanging = platform.view(true).begun();
        platform.ask(true, "good", new Verdict.Accepted());
        for (int second = 0; second < 10; second++) {
            for (int i = 0; i < 30; i++) {
                boolean unused = platform.view(true)
                        .judge(new DeviceId("bad" + i), unavailable(), hanging, Misconfiguration.Pass.FREE);
            }
            clock.advance(Duration.ofSeconds(1));
            hanging = platform.view(true).begun();
        }

        assertThat(platform.reports.getState()).isEqualTo(State.CLOSED);
    }

    /** Each event loop hears of its own devices. */
    @Test
    void devicesThatBeginToFailCountOverAllEventLoops() {
        for (boolean succeedsMeanwhile : List.of(true, false)) {
            Platform platform = new Platform();
            for (int i = 0; i < 100; i++) {
                platform.ask(true, "quiet" + i, new Verdict.Accepted());
            }
            for (int i = 0; i < 19; i++) {
                platform.ask(true, "d" + i, unavailable());
            }
            PlatformView another = new PlatformView(RequestKind.REPORT, platform.breakers);
            if (succeedsMeanwhile) {
                platform.ask(another, "good", new Verdict.Accepted());
            }
            clock.advance(Duration.ofSeconds(2));
            platform.ask(another, "d19", unavailable());

            assertThat(platform.reports.getState()).isEqualTo(succeedsMeanwhile ? State.CLOSED : State.OPEN);
        }
    }

    /** A silent probe must not keep everybody waiting for its timeout. */
    @Test
    void closesWhenTheRestOfTheProbesCannotChangeIt() {
        Platform platform = new Platform();
        platform.reports.transitionToOpenState();
        platform.reports.transitionToHalfOpenState();
        assertThat(platform.view(true).tryPass(false)).isEqualTo(Misconfiguration.Pass.FREE); // and is never answered

        platform.ask(true, "a", new Verdict.Accepted());
        assertThat(platform.reports.getState()).isEqualTo(State.HALF_OPEN);
        platform.ask(true, "b", new Verdict.Accepted());

        assertThat(platform.reports.getState()).isEqualTo(State.CLOSED);
    }

    /** The same device failed before the outage, and still does. */
    @Test
    void doesNotCountTheProbeOfADeviceThatFailsWhileOthersSucceed() {
        Platform platform = new Platform();
        platform.ask(true, "bad", unavailable());
        platform.ask(true, "good", new Verdict.Accepted());
        platform.reports.transitionToOpenState();
        platform.reports.transitionToHalfOpenState();
        for (int i = 0; i < 20; i++) {
            platform.ask(true, "bad", unavailable());
            platform.ask(false, "another", new Verdict.Accepted());
            platform.view(true).reportAccepted();
        }

        assertThat(platform.reports.getState()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void authenticationsThatAreRefusedForEverybodyAreASuspicionAndForSomeAreNot() {
        Platform platform = new Platform();
        for (int i = 0; i < 40; i++) {
            platform.ask(false, "good" + i, new Verdict.Accepted());
            if (i % 4 == 0) {
                platform.ask(false, "bad" + i, FailureRow.DEVICE_REFUSED.verdict());
            }
        }
        assertThat(platform.isSuspected()).isFalse();

        Platform wrong = new Platform();
        for (int i = 0; i < 10; i++) {
            assertThat(wrong.isSuspected()).isFalse();
            wrong.ask(false, "d" + i, FailureRow.DEVICE_REFUSED.verdict());
        }
        assertThat(wrong.isSuspected()).isTrue();
        assertThat(wrong.view(true).tryPass(false)).isEqualTo(Misconfiguration.Pass.FREE);
    }

    /** Ten devices report with the tokens that they have, and none of them has to authenticate. Thirty others are refused. */
    @Test
    void refusalsOfMostAreTheirOwnWhileOthersReport() {
        Platform platform = new Platform();
        for (int i = 0; i < 30; i++) {
            platform.ask(true, "healthy" + i % 10, new Verdict.Accepted());
            platform.ask(false, "bad" + i, FailureRow.DEVICE_REFUSED.verdict());
            assertThat(platform.isSuspected()).isFalse();
        }
    }

    @Test
    void anAcceptedReportEndsTheSuspicionThatEverybodyIsRefused() {
        Platform platform = new Platform();
        for (int i = 0; i < 10; i++) {
            platform.ask(false, "d" + i, FailureRow.DEVICE_REFUSED.verdict());
        }
        assertThat(platform.isSuspected()).isTrue();

        platform.ask(true, "healthy", new Verdict.Accepted());

        assertThat(platform.isSuspected()).isFalse();
    }

    @Test
    void devicesThatFailedProbeEveryThirtySecondsAndOthersSoonAndThenLessAndLessOften() {
        Platform platform = new Platform();
        platform.ask(true, "good", new Verdict.Accepted());
        clock.advance(Duration.ofSeconds(5));
        for (int i = 0; i < 3; i++) {
            platform.ask(true, "d" + i, FailureRow.WRONG_ADDRESS.verdict());
        }
        int probes = 0;
        for (int second = 0; second < 60; second++) {
            clock.advance(Duration.ofSeconds(1));
            if (platform.misconfiguration.tryPass(RequestKind.REPORT, false) == Misconfiguration.Pass.PROBE) {
                assertThat(platform.misconfiguration.tryPass(RequestKind.REPORT, false))
                        .isEqualTo(Misconfiguration.Pass.NO);
                boolean unused = platform.view(true)
                        .judge(
                                new DeviceId("healthy" + second),
                                FailureRow.WRONG_ADDRESS.verdict(),
                                platform.view(true).begun(),
                                Misconfiguration.Pass.PROBE);
                probes++;
            }
        }
        assertThat(probes).isEqualTo(5); // at 1, 3, 7, 15 and 31 s

        assertThat(platform.misconfiguration.admissible(RequestKind.REPORT, true))
                .isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(platform.misconfiguration.admissible(RequestKind.REPORT, true))
                .isEqualTo(1);
    }

    @Test
    void givesAProbeOfTheConfigurationBack() {
        Platform platform = new Platform();
        for (int i = 0; i < 3; i++) {
            platform.ask(true, "d" + i, FailureRow.WRONG_ADDRESS.verdict());
        }
        clock.advance(Duration.ofSeconds(30));
        assertThat(platform.view(true).tryPass(true)).isEqualTo(Misconfiguration.Pass.PROBE);
        assertThat(platform.view(true).tryPass(true)).isEqualTo(Misconfiguration.Pass.NO);
        platform.view(true).withdraw(Misconfiguration.Pass.PROBE);

        assertThat(platform.view(true).tryPass(true)).isEqualTo(Misconfiguration.Pass.PROBE);
    }

    /** Whatever is asked, reported and given up: a breaker that is half-open at the end has its probes, used or free. */
    @Test
    void losesNoPermission() {
        Seeds.each(3_000, random -> {
            Platform platform = new Platform();
            platform.all().filter(breaker -> random.nextBoolean()).forEach(CircuitBreaker::transitionToOpenState);
            List<FailureRow> rows = random.ints(1 + random.nextInt(3), 0, FailureRow.values().length)
                    .mapToObj(List.of(FailureRow.values())::get)
                    .toList();
            List<Permitted> permitted = new ArrayList<>();
            for (int step = 0; step < 100; step++) {
                if (random.nextBoolean()) {
                    boolean report = random.nextBoolean();
                    Misconfiguration.Pass pass = platform.view(report).tryPass(random.nextBoolean());
                    if (pass != Misconfiguration.Pass.NO) {
                        permitted.add(new Permitted(report, pass));
                    }
                } else if (!permitted.isEmpty()) {
                    platform.end(permitted.remove(random.nextInt(permitted.size())), rows, random);
                }
                if (random.nextInt(10) == 0) {
                    platform.halfOpen(random);
                }
            }
            permitted.forEach(each -> platform.end(each, rows, random));
            clock.advance(Duration.ofMinutes(1));
            assertThat(platform.misconfiguration.admissible(RequestKind.REPORT, true))
                    .isPositive();
            platform.all()
                    .filter(breaker -> breaker.getState() == State.HALF_OPEN)
                    .forEach(breaker -> {
                        int probes = breaker.getCircuitBreakerConfig().getPermittedNumberOfCallsInHalfOpenState();
                        int free = breaker.getMetrics().getNumberOfBufferedCalls();
                        while (free < probes && breaker.tryAcquirePermission()) {
                            free++;
                        }
                        assertThat(free).as(breaker.getName()).isGreaterThanOrEqualTo(probes);
                    });
        });
    }

    private record Permitted(boolean report, Misconfiguration.Pass pass) {}

    /** The breakers, as one event loop sees them. */
    private final class Platform {
        private final CircuitBreaker reports = breaker("iotda");
        private final CircuitBreaker authentications = breaker("device-auth");
        private final Misconfiguration misconfiguration = new Misconfiguration(clock, clock::nanoTime);
        private final Breakers breakers = new Breakers(
                misconfiguration,
                new Breaker(reports, clock::nanoTime),
                new Breaker(authentications, clock::nanoTime),
                clock);
        private final PlatformView reporting = new PlatformView(RequestKind.REPORT, breakers);
        private final PlatformView authenticating = new PlatformView(RequestKind.AUTHENTICATION, breakers);

        Stream<CircuitBreaker> all() {
            return Stream.of(reports, authentications);
        }

        CircuitBreaker of(boolean report) {
            return report ? reports : authentications;
        }

        PlatformView view(boolean report) {
            return report ? reporting : authenticating;
        }

        boolean isSuspected() {
            return misconfiguration.reason().isPresent();
        }

        boolean isWell() {
            return breakers.areClosed();
        }

        void ask(boolean report, String device, Verdict verdict) {
            DeviceId id = new DeviceId(device);
            PlatformView view = view(report);
            Misconfiguration.Pass pass = view.tryPass(view.isFailing(id));
            if (pass != Misconfiguration.Pass.NO) {
                judge(report, id, verdict, pass);
            }
        }

        void ask(PlatformView loop, String device, Verdict verdict) {
            boolean unused = loop.judge(new DeviceId(device), verdict, loop.begun(), Misconfiguration.Pass.FREE);
        }

        void end(Permitted permitted, List<FailureRow> rows, RandomGenerator random) {
            if (random.nextInt(6) > 0) {
                FailureRow row = rows.get(random.nextInt(rows.size()));
                DeviceId device = new DeviceId("d" + random.nextInt(30));
                judge(permitted.report(), device, row.verdict(), permitted.pass());
            } else {
                view(permitted.report()).withdraw(permitted.pass());
            }
        }

        void halfOpen(RandomGenerator random) {
            all().filter(breaker -> breaker.getState() == State.OPEN && random.nextBoolean())
                    .forEach(CircuitBreaker::transitionToHalfOpenState);
        }

        private void judge(boolean report, DeviceId device, Verdict verdict, Misconfiguration.Pass pass) {
            boolean unused = view(report).judge(device, verdict, view(report).begun(), pass);
            if (report && verdict instanceof Verdict.Accepted) {
                authenticating.reportAccepted();
            }
        }

        private static CircuitBreaker breaker(String name) {
            return CircuitBreaker.of(
                    name,
                    CircuitBreakerConfig.custom()
                            .slidingWindow(100, 10, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                            .failureRateThreshold(50)
                            .waitDurationInOpenState(Duration.ofDays(1))
                            .permittedNumberOfCallsInHalfOpenState(3)
                            .build());
        }
    }
}

package io.iotdarelay.limits;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A breaker between two event loops. */
final class BreakerStress {

    private static final DeviceId A = new DeviceId("a");
    private static final DeviceId B = new DeviceId("b");

    private BreakerStress() {}

    private static CircuitBreaker breaker(int window, int probes) {
        return CircuitBreaker.of(
                "breaker",
                CircuitBreakerConfig.custom()
                        .slidingWindow(window, window, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(50)
                        .waitDurationInOpenState(Duration.ofDays(1))
                        .permittedNumberOfCallsInHalfOpenState(probes)
                        .build());
    }

    private static CircuitBreaker halfOpen(int probes) {
        CircuitBreaker breaker = breaker(10, probes);
        breaker.transitionToOpenState();
        breaker.transitionToHalfOpenState();
        return breaker;
    }

    /** A single probe may pass. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = Expect.ACCEPTABLE,
            desc = "one probes")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both, or neither")
    @State
    public static class LetsOneProbe {

        private final Breaker breaker = new Breaker(halfOpen(1), () -> 0);

        @Actor
        public void loop(ZZ_Result result) {
            result.r1 = breaker.tryAcquire();
        }

        @Actor
        public void otherLoop(ZZ_Result result) {
            result.r2 = breaker.tryAcquire();
        }
    }

    /** A probe without a result returns its permission while another one asks. */
    @JCStressTest
    @Outcome(
            id = {"true, 0", "false, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "the permission is used, or left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the permission is lost, or there are two")
    @State
    public static class LosesNoProbe {

        private final Breaker breaker = new Breaker(halfOpen(1), () -> 0);

        public LosesNoProbe() {
            breaker.tryAcquire();
        }

        @Actor
        public void loop() {
            breaker.withdraw();
        }

        @Actor
        public void otherLoop(ZI_Result result) {
            result.r1 = breaker.tryAcquire();
        }

        @Arbiter
        public void after(ZI_Result result) {
            while (breaker.tryAcquire()) {
                result.r2++;
            }
        }
    }

    /** Two requests of different kinds compete for the single probe of a suspected configuration; it must not get lost. */
    @JCStressTest
    @Outcome(id = "PROBE, NO, 0", expect = Expect.ACCEPTABLE, desc = "the report probes")
    @Outcome(
            id = "NO, NO, 1",
            expect = Expect.ACCEPTABLE,
            desc = "the report came while the other had it, and comes again")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a probe is lost, or an open breaker lets through")
    @State
    public static class AsksTwo {

        private final Misconfiguration misconfiguration = suspected();
        private final CircuitBreaker authentications = breaker(10, 1);
        private final Breakers breakers = new Breakers(
                misconfiguration,
                new Breaker(breaker(10, 1), () -> 0),
                new Breaker(authentications, () -> 0),
                Clock.systemUTC());
        private final PlatformView reporting = new PlatformView(RequestKind.REPORT, breakers);
        private final PlatformView authenticating = new PlatformView(RequestKind.AUTHENTICATION, breakers);

        public AsksTwo() {
            authentications.transitionToOpenState();
        }

        private static Misconfiguration suspected() {
            long[] second = {0};
            Misconfiguration suspected = new Misconfiguration(() -> Instant.ofEpochSecond(second[0]), () -> 0);
            FailureHistory history = suspected.evidence(RequestKind.REPORT).history();
            for (int i = 0; i < 3; i++) {
                suspected.failed(
                        RequestKind.REPORT,
                        history,
                        new DeviceId("d" + i),
                        new Misconfiguration.Failed("why", FailureHistory.Weight.FOREIGN_ANSWER, 0),
                        Misconfiguration.Pass.FREE);
            }
            second[0] = 60;
            return suspected;
        }

        @Actor
        public void report(LLI_Result result) {
            result.r1 = reporting.tryPass(false);
        }

        @Actor
        public void authentication(LLI_Result result) {
            result.r2 = authenticating.tryPass(false);
        }

        @Arbiter
        public void after(LLI_Result result) {
            while (misconfiguration.tryPass(RequestKind.REPORT, false) == Misconfiguration.Pass.PROBE) {
                result.r3++;
            }
        }
    }

    /** The second of two failures opens it, whichever that is, and is reported once. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "opened, once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a failure is lost, or the change is reported twice")
    @State
    public static class OpensOnce {

        private final Breaker breaker = new Breaker(breaker(2, 1), () -> 0);
        private final FailureHistory one = breaker.history();
        private final FailureHistory other = breaker.history();
        private final AtomicInteger told = new AtomicInteger();

        public OpensOnce() {
            breaker.onTransition(told::incrementAndGet);
        }

        @Actor
        public void loop() {
            breaker.failed(one, A, 0, "why", Instant.EPOCH);
        }

        @Actor
        public void otherLoop() {
            breaker.failed(other, B, 0, "why", Instant.EPOCH);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = breaker.isOpen() ? 1 : 0;
            result.r2 = told.get();
        }
    }

    /** The last probe of a half open breaker succeeds while another device's late failure arrives: it is either open or closed. */
    @JCStressTest
    @Outcome(
            id = {"1, 1", "1, 2"},
            expect = Expect.ACCEPTABLE,
            desc = "decided")
    @Outcome(expect = Expect.FORBIDDEN, desc = "undecided without a probe left")
    @State
    public static class DecidesAfterItsProbes {

        private final CircuitBreaker circuitBreaker = halfOpen(2);
        private final Breaker breaker = new Breaker(circuitBreaker, () -> 0);
        private final FailureHistory one = breaker.history();
        private final FailureHistory other = breaker.history();
        private final AtomicInteger told = new AtomicInteger();

        public DecidesAfterItsProbes() {
            breaker.tryAcquire();
            breaker.tryAcquire();
            breaker.onTransition(told::incrementAndGet);
        }

        @Actor
        public void loop() {
            breaker.succeeded(one, A);
        }

        @Actor
        public void otherLoop() {
            breaker.failed(other, B, 0, "why", Instant.EPOCH);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = breaker.isHalfOpen() ? 0 : 1;
            result.r2 = told.get();
        }
    }

    /** One device is throttled while another has an outage: throttling takes nothing from what the outage counts. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "one failing device, and none that succeeds")
    @Outcome(expect = Expect.FORBIDDEN, desc = "throttling counts, or hides the failure")
    @State
    public static class CountsNoThrottling {

        private final Breakers breakers = new Breakers(
                new Misconfiguration(() -> Instant.EPOCH, () -> 0),
                new Breaker(breaker(10, 1), () -> 0),
                new Breaker(breaker(10, 1), () -> 0),
                Clock.systemUTC());
        private final PlatformView one = new PlatformView(RequestKind.REPORT, breakers);
        private final PlatformView other = new PlatformView(RequestKind.REPORT, breakers);

        @Actor
        public void loop() {
            boolean unused = one.judge(
                    A,
                    new Verdict.Unavailable("why", Optional.empty(), Optional.empty()),
                    PlatformView.Begun.NOTHING,
                    Misconfiguration.Pass.FREE);
        }

        @Actor
        public void otherLoop() {
            boolean unused = other.judge(
                    B,
                    new Verdict.Throttled(
                            new io.iotdarelay.telemetry.PlatformAnswer(429, null, ""), true, Optional.empty()),
                    PlatformView.Begun.NOTHING,
                    Misconfiguration.Pass.FREE);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = one.isFailing(A) ? 1 : 0;
            result.r2 = other.isFailing(B) ? 1 : 0;
        }
    }
}

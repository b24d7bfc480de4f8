package io.iotdarelay.delivery;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.iotdarelay.iotda.Verdict;
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
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;
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
    @Outcome(expect = Expect.FORBIDDEN, desc = "both, or nobody")
    @State
    public static class LetsOneProbe {

        private final Breaker breaker = new Breaker(halfOpen(1));

        @Actor
        public void loop(ZZ_Result result) {
            result.r1 = breaker.tryAcquire();
        }

        @Actor
        public void otherLoop(ZZ_Result result) {
            result.r2 = breaker.tryAcquire();
        }
    }

    /** A probe that says nothing gives its permission back while another asks. */
    @JCStressTest
    @Outcome(
            id = {"true, 0", "false, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "the permission is used, or left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the permission is lost, or there are two")
    @State
    public static class LosesNoProbe {

        private final Breaker breaker = new Breaker(halfOpen(1));

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

    /** Two requests need a permission of the configuration's breaker and of their own; the single one must not get lost between. */
    @JCStressTest
    @Outcome(id = "true, false, 0", expect = Expect.ACCEPTABLE, desc = "the report goes")
    @Outcome(
            id = "false, false, 1",
            expect = Expect.ACCEPTABLE,
            desc = "the report came while the other had it, and comes again")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a permission is lost, or an open breaker lets through")
    @State
    public static class AsksTwo {

        private final CircuitBreaker configuration = halfOpen(1);
        private final CircuitBreaker authentications = breaker(10, 1);
        private final Breakers breakers = new Breakers(
                new Breaker(configuration),
                new Breaker(breaker(10, 1)),
                new Breaker(authentications),
                Clock.systemUTC());

        public AsksTwo() {
            authentications.transitionToOpenState();
        }

        @Actor
        public void report(ZZI_Result result) {
            result.r1 = breakers.tryReport();
        }

        @Actor
        public void authentication(ZZI_Result result) {
            result.r2 = breakers.tryAuthenticate();
        }

        @Arbiter
        public void after(ZZI_Result result) {
            while (configuration.tryAcquirePermission()) {
                result.r3++;
            }
        }
    }

    /** The second of two failures opens it, whichever that is, and is told once. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "opened, once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a failure is lost, or the change is told twice")
    @State
    public static class OpensOnce {

        private final Breaker breaker = new Breaker(breaker(2, 1));
        private final AtomicInteger told = new AtomicInteger();

        public OpensOnce() {
            breaker.onTransition(told::incrementAndGet);
        }

        @Actor
        public void loop() {
            breaker.failed(A, "why", Instant.EPOCH);
        }

        @Actor
        public void otherLoop() {
            breaker.failed(B, "why", Instant.EPOCH);
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
        private final Breaker breaker = new Breaker(circuitBreaker);
        private final AtomicInteger told = new AtomicInteger();

        public DecidesAfterItsProbes() {
            breaker.tryAcquire();
            breaker.tryAcquire();
            breaker.onTransition(told::incrementAndGet);
        }

        @Actor
        public void loop() {
            breaker.succeeded(A);
        }

        @Actor
        public void otherLoop() {
            breaker.failed(B, "why", Instant.EPOCH);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = breaker.isHalfOpen() ? 0 : 1;
            result.r2 = told.get();
        }
    }

    /** One device is throttled while another has an outage: throttling takes nothing from what the outage counts. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "one failure of one call")
    @Outcome(expect = Expect.FORBIDDEN, desc = "throttling counts, or hides the failure")
    @State
    public static class CountsNoThrottling {

        private final CircuitBreaker reports = breaker(10, 1);
        private final Breakers breakers = new Breakers(
                new Breaker(breaker(1, 1)), new Breaker(reports), new Breaker(breaker(10, 1)), Clock.systemUTC());

        @Actor
        public void loop() {
            breakers.reported(A, new Verdict.Unavailable("why", Optional.empty(), Optional.empty()));
        }

        @Actor
        public void otherLoop() {
            breakers.reported(
                    B,
                    new Verdict.Throttled(
                            new io.iotdarelay.telemetry.PlatformAnswer(429, null, ""), true, Optional.empty()));
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = reports.getMetrics().getNumberOfFailedCalls();
            result.r2 = reports.getMetrics().getNumberOfBufferedCalls();
        }
    }
}

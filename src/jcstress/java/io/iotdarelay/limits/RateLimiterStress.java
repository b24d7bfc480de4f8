package io.iotdarelay.limits;

import io.iotdarelay.telemetry.DeviceId;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.D_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The limiter of all event loops, with a stopped clock. */
final class RateLimiterStress {

    private static final long NOW = TimeUnit.SECONDS.toNanos(5000);

    private RateLimiterStress() {}

    /** There is room for one. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = Expect.ACCEPTABLE,
            desc = "one leaves")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both, or neither")
    @State
    public static class LetsOneLeave {

        private final RateLimiter limiter = new RateLimiter(1, () -> NOW);

        @Actor
        public void loop(ZZ_Result result) {
            result.r1 = limiter.tryAcquire(1);
        }

        @Actor
        public void otherLoop(ZZ_Result result) {
            result.r2 = limiter.tryAcquire(1);
        }
    }

    /** Two loops are throttled at once. */
    @JCStressTest
    @Outcome(id = "50.0", expect = Expect.ACCEPTABLE, desc = "halved")
    @Outcome(expect = Expect.FORBIDDEN, desc = "halved twice, or not at all")
    @State
    public static class HalvesOnce {

        private final RateLimiter limiter = new RateLimiter(100, () -> NOW);

        @Actor
        public void loop() {
            limiter.throttled(1, true, new DeviceId("a"));
        }

        @Actor
        public void otherLoop() {
            limiter.throttled(1, true, new DeviceId("b"));
        }

        @Arbiter
        public void after(D_Result result) {
            result.r1 = limiter.rate();
        }
    }

    /** Two devices are throttled, neither for the whole tenant: the second one shows that it is not one device's fault. */
    @JCStressTest
    @Outcome(
            id = {"true, false, true", "false, true, true"},
            expect = Expect.ACCEPTABLE,
            desc = "the second slows down")
    @Outcome(expect = Expect.FORBIDDEN, desc = "neither of them knows of the other")
    @State
    public static class SeesTwoDevices {

        private final RateLimiter limiter = new RateLimiter(100, () -> NOW);

        @Actor
        public void loop(ZZZ_Result result) {
            result.r1 = limiter.throttled(1, false, new DeviceId("a"));
        }

        @Actor
        public void otherLoop(ZZZ_Result result) {
            result.r2 = limiter.throttled(1, false, new DeviceId("b"));
        }

        @Arbiter
        public void after(ZZZ_Result result) {
            result.r3 = limiter.rate() == 50;
        }
    }

    /** What was answered at once counts together, when the platform throttles and no quota is known. */
    @JCStressTest
    @Outcome(id = "5.0", expect = Expect.ACCEPTABLE, desc = "half of all that was answered")
    @Outcome(expect = Expect.FORBIDDEN, desc = "an answer is forgotten")
    @State
    public static class ForgetsNoAnswer {

        private final RateLimiter limiter = new RateLimiter(0, () -> NOW);

        @Actor
        public void loop() {
            limiter.accepted(4);
        }

        @Actor
        public void otherLoop() {
            limiter.accepted(5);
        }

        @Arbiter
        public void after(D_Result result) {
            limiter.throttled(1, true, new DeviceId("a"));
            result.r1 = limiter.rate();
        }
    }
}

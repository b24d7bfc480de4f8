package io.iotdarelay.pipeline;

import java.time.Clock;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The way back to the poll thread: whoever adds wakes it up, and nothing gets lost. */
final class SettlementsStress {

    private SettlementsStress() {}

    /** The poll thread goes to sleep while another thread adds. It may wake up for nothing, but never misses a wake-up. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "taken")
    @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "woken up for nothing, and taken at the next turn")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost, or slept through")
    @State
    public static class WakesUp {

        private static final Duration WAIT = Duration.ofSeconds(20);

        private final Settlements settlements = new Settlements(Clock.systemUTC());

        @Actor
        public void pollThread(III_Result result) {
            long began = System.nanoTime();
            result.r1 = settlements.take(WAIT).size();
            result.r3 = System.nanoTime() - began > WAIT.toNanos() / 2 ? 1 : 0;
        }

        @Actor
        public void eventLoop() {
            settlements.resume("route");
        }

        @Arbiter
        public void next(III_Result result) {
            result.r2 = settlements.take(Duration.ZERO).size();
        }
    }

    /** An event loop adds two while the poll thread takes. */
    @JCStressTest
    @Outcome(
            id = {"0, 2", "1, 1", "2, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "each is taken once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost, or taken twice")
    @State
    public static class LosesNothing {

        private final Settlements settlements = new Settlements(Clock.systemUTC());

        @Actor
        public void pollThread(II_Result result) {
            result.r1 = settlements.take(Duration.ofNanos(1)).size();
        }

        @Actor
        public void eventLoop() {
            settlements.resume("route");
            settlements.resume("other");
        }

        @Arbiter
        public void next(II_Result result) {
            result.r2 = settlements.take(Duration.ZERO).size();
        }
    }
}

package io.iotdarelay.testing;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Random schedules, the same ones each time: each has a seed of its own, which is in the message of its failure. {@code
 * -Dseed=N} runs that one alone, and {@code -Dseeds.share=0.01} so many of all, or more than one for a long search.
 */
public final class Seeds {

    private Seeds() {}

    /** Runs the schedule with the seeds from 1 on. */
    public static void each(int schedules, Consumer<RandomGenerator> schedule) {
        Long single = Long.getLong("seed");
        if (single != null) {
            run(single, schedule);
            return;
        }
        double share = Double.parseDouble(System.getProperty("seeds.share", "1"));
        long last = Math.max(1, Math.round(schedules * share));
        for (long seed = 1; seed <= last; seed++) {
            run(seed, schedule);
        }
    }

    private static void run(long seed, Consumer<RandomGenerator> schedule) {
        try {
            schedule.accept(new SplittableRandom(seed));
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("seed " + seed + ": " + failure, failure);
        }
    }
}

package io.iotdarelay.testing;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Random numbers that a failed test can be repeated with: the seed is printed, and {@code -Dseed=N} sets it. */
public final class Dice {

    private static final String SEED = "seed";

    private Dice() {}

    /** Dice with a seed of their own, or the given one. */
    public static RandomGenerator roll(String test) {
        long seed = Long.getLong(SEED, System.nanoTime());
        System.out.println(test + ": -D" + SEED + "=" + seed);
        return new SplittableRandom(seed);
    }
}

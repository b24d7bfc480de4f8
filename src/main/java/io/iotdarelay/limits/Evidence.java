package io.iotdarelay.limits;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What the requests of all devices show about the platform. A failure is attributed to the platform if a large share of the
 * recent devices is failing, if many devices begin to fail and none succeeds meanwhile, or if no device has succeeded for
 * long; otherwise it is the device's own. Callable from any thread.
 */
final class Evidence {

    /** With no success for this long, failures are attributed to the platform however few devices there are. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** This many devices are a sample of the fleet. With fewer, a recent success outweighs their failures. */
    private static final int SAMPLE = 20;

    private static final Duration RECENTLY = Duration.ofSeconds(5);

    /**
     * A sample of the fleet that begins to fail, with no success for this long, shows an outage. The share of failing
     * devices does not, as long as the window holds others that succeeded and send nothing any more: they may belong to
     * another instance by now.
     */
    private static final Duration SUDDENLY = Duration.ofSeconds(2);

    private final int window;
    private final int leastFailures;
    private final double share;
    private final LongSupplier nanoTime;
    private final AtomicLong successes = new AtomicLong();
    private final List<FailureHistory> histories = new CopyOnWriteArrayList<>();
    private volatile long succeededAt;
    private volatile int generation;

    /**
     * No evidence yet.
     *
     * @param window how many devices count, the most recent ones, on each event loop
     * @param leastFailures with fewer failures nothing is attributed to the platform
     * @param share the part of the devices that has to be failing, 0 to 1
     */
    Evidence(int window, int leastFailures, double share, LongSupplier nanoTime) {
        this.window = window;
        this.leastFailures = leastFailures;
        this.share = share;
        this.nanoTime = nanoTime;
        this.succeededAt = nanoTime.getAsLong();
    }

    /** The history of another event loop. */
    FailureHistory history() {
        FailureHistory history = new FailureHistory(this);
        histories.add(history);
        return history;
    }

    /** Some request succeeded. */
    void succeeded() {
        successes.incrementAndGet();
        succeededAt = nanoTime.getAsLong();
    }

    /** How many requests have succeeded so far. */
    long successes() {
        return successes.get();
    }

    boolean blamesThePlatform() {
        int failing = 0;
        int succeeding = 0;
        int failures = 0;
        for (FailureHistory history : histories) {
            FailureHistory.Counts counts = history.counts();
            if (counts.generation() == generation) {
                failing += counts.failing();
                succeeding += counts.succeeding();
                failures += counts.failures();
            }
        }
        boolean mostFail = failing >= share * (failing + succeeding);
        boolean isSample = failing + succeeding >= SAMPLE || !hasSucceededWithin(RECENTLY);
        return failures >= leastFailures
                && ((mostFail && isSample) || isSampleFailingSuddenly() || !hasSucceededWithin(SILENCE));
    }

    private boolean isSampleFailingSuddenly() {
        long now = nanoTime();
        long current = successes();
        int devices = 0;
        long longest = 0;
        for (FailureHistory history : histories) {
            FailureHistory.Run run = history.run();
            if (run.successes() == current) {
                devices += run.devices();
                longest = Math.max(longest, now - run.since());
            }
        }
        return devices >= SAMPLE && longest >= SUDDENLY.toNanos();
    }

    private boolean hasSucceededWithin(Duration duration) {
        return successes.get() > 0 && nanoTime.getAsLong() - succeededAt < duration.toNanos();
    }

    /** Whether some request succeeded a moment ago. */
    boolean hasRecentSuccess() {
        return hasSucceededWithin(RECENTLY);
    }

    /** Starts over, as after an outage. Still remembers which devices are failing. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // two at once start over together
    void forget() {
        generation++;
    }

    int generation() {
        return generation;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    int window() {
        return window;
    }

    int leastFailures() {
        return leastFailures;
    }
}

package io.iotdarelay.simulator;

import java.util.function.LongSupplier;

/** So many a second, with some saved up. Any thread. */
final class TokenBucket {

    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double most;
    private final LongSupplier nanoTime;
    private double saved;
    private long last;

    /** With as many saved up as a second brings, and one at least. */
    TokenBucket(double perSecond, LongSupplier nanoTime) {
        this(perSecond, Math.max(1, perSecond), nanoTime);
    }

    TokenBucket(double perSecond, double most, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.most = most;
        this.nanoTime = nanoTime;
        this.saved = most;
        this.last = nanoTime.getAsLong();
    }

    synchronized boolean tryTake() {
        long now = nanoTime.getAsLong();
        saved = Math.min(most, saved + (now - last) / NANOS * perSecond);
        last = now;
        if (saved < 1) {
            return false;
        }
        saved -= 1;
        return true;
    }
}

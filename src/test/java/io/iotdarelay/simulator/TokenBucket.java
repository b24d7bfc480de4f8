package io.iotdarelay.simulator;

import java.util.function.LongSupplier;

/** So many a second, with as many saved up as a second brings. Any thread. */
final class TokenBucket {

    private static final double NANOS = 1e9;

    private final double perSecond;
    private final LongSupplier nanoTime;
    private double saved;
    private long last;

    TokenBucket(double perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        this.saved = perSecond;
        this.last = nanoTime.getAsLong();
    }

    synchronized boolean tryTake() {
        long now = nanoTime.getAsLong();
        saved = Math.min(perSecond, saved + (now - last) / NANOS * perSecond);
        last = now;
        if (saved < 1) {
            return false;
        }
        saved -= 1;
        return true;
    }
}

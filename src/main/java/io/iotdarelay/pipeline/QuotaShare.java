package io.iotdarelay.pipeline;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.ToDoubleFunction;

/** Which part of the quota this instance may use. The poll thread sets it; any thread may read it. */
public final class QuotaShare {

    private final boolean shared;
    private final InstantSource time;
    private volatile ToDoubleFunction<Instant> share = never -> 0;

    /**
     * A part that is nothing at first.
     *
     * @param shared whether the instances share the quota at all; if not, each has its own
     * @param time the clock of the poll loop
     */
    public QuotaShare(boolean shared, InstantSource time) {
        this.shared = shared;
        this.time = time;
    }

    /** Whether the instances share the quota. */
    public boolean isShared() {
        return shared;
    }

    /** The part at this moment, from 0 to 1. */
    public double part() {
        return share.applyAsDouble(time.instant());
    }

    void set(ToDoubleFunction<Instant> next) {
        share = next;
    }
}

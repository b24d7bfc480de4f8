package io.iotdarelay.telemetry;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A monotonic clock for durations and deadlines, which changes of the wall clock would stretch or shorten. It started with
 * the wall time, so that its times can be shown to people.
 *
 * @param began the wall time at the start
 * @param beganAt the same moment, in {@code nanoTime}
 */
public record SteadyClock(Instant began, long beganAt, LongSupplier nanoTime) implements InstantSource {

    public static SteadyClock from(InstantSource wall, LongSupplier nanoTime) {
        return new SteadyClock(wall.instant(), nanoTime.getAsLong(), nanoTime);
    }

    @Override
    public Instant instant() {
        return began.plusNanos(nanoTime.getAsLong() - beganAt);
    }
}

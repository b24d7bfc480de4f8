package io.iotdarelay.telemetry;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Tells the time without ever jumping: for durations and deadlines, which a clock on the wall that is set would stretch or cut
 * short. It began with the wall's time, so that what it says can be shown to a human.
 *
 * @param began the time on the wall at the beginning
 * @param beganAt the same moment, as {@code nanoTime} counts
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

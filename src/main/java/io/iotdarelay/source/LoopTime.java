package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Times of the poll loop: when its last turn was, and how long it may drain. */
final class LoopTime {

    private final InstantSource time;
    private final Duration drainTimeout;
    private volatile Instant turned;
    private volatile @Nullable Instant stopBy;

    /** Time that never jumps. */
    LoopTime(InstantSource time, Duration drainTimeout) {
        this.time = time;
        this.drainTimeout = drainTimeout;
        this.turned = time.instant();
    }

    Instant now() {
        return time.instant();
    }

    /** The loop is alive. */
    void turned() {
        turned = time.instant();
    }

    /** For how long the loop has not turned. Callable from any thread. */
    Duration silence() {
        return Duration.between(turned, time.instant());
    }

    /** The loop shall end: all drains from then on share one time limit. Callable from any thread. */
    void stop() {
        if (stopBy == null) {
            stopBy = time.instant().plus(drainTimeout);
        }
    }

    boolean isStopping() {
        return stopBy != null;
    }

    /** Until when a drain that begins now may last. */
    Instant drainUntil() {
        Instant own = time.instant().plus(drainTimeout);
        Instant bound = stopBy;
        return bound == null || own.isBefore(bound) ? own : bound;
    }
}

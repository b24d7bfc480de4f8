package io.iotdarelay.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicReference<Instant> wall = new AtomicReference<>(BEGAN);
    private final AtomicLong nanoTime = new AtomicLong(-17);
    private final InstantSource clock = SteadyClock.from(wall::get, nanoTime::get);

    @Test
    void beginsWithTheTimeOnTheWall() {
        assertThat(clock.instant()).isEqualTo(BEGAN);
    }

    @Test
    void advancesWithNanoTime() {
        nanoTime.addAndGet(Duration.ofMillis(1500).toNanos());
        assertThat(clock.instant()).isEqualTo(BEGAN.plusMillis(1500));
    }

    @Test
    void doesNotJumpWithTheClockOnTheWall() {
        wall.set(BEGAN.minus(Duration.ofDays(1)));
        assertThat(clock.instant()).isEqualTo(BEGAN);
    }

    @Test
    void survivesAnOverflowOfNanoTime() {
        var atTheEdge = new AtomicLong(Long.MAX_VALUE);
        var steady = SteadyClock.from(wall::get, atTheEdge::get);
        atTheEdge.addAndGet(5);
        assertThat(steady.instant()).isEqualTo(BEGAN.plusNanos(5));
    }
}

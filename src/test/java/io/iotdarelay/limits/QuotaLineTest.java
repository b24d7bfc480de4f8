package io.iotdarelay.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuotaLineTest {

    private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");
    private final QuotaLine line = new QuotaLine(Duration.ofSeconds(5), clock::nanoTime);

    /** A waiter with so much to send. */
    private static final class Lane implements Waiter {
        private double fill;

        Lane(double fill) {
            this.fill = fill;
        }

        @Override
        public void resume() {}

        @Override
        public boolean tryAgain() {
            return false;
        }

        @Override
        public double fill() {
            return fill;
        }

        @Override
        public boolean isFailing() {
            return false;
        }
    }

    @Test
    void whoFillsItBestGoesFirstAndTheFirstOfThose() {
        Lane little = join(0.1);
        Lane full = join(1);
        Lane half = join(0.5);
        Lane alsoFull = join(1.7);

        assertThat(line.poll()).isSameAs(full);
        assertThat(line.poll()).isSameAs(alsoFull);
        assertThat(line.poll()).isSameAs(half);
        assertThat(line.poll()).isSameAs(little);
        assertThat(line.poll()).isNull();
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void whoHasGrownMovesUp() {
        Lane first = join(0.5);
        Lane grows = join(0.1);
        grows.fill = 0.9;
        line.grown(grows);
        line.grown(new Lane(1));

        assertThat(line.poll()).isSameAs(grows);
        assertThat(line.poll()).isSameAs(first);
    }

    @Test
    void nobodyWaitsLongerThanTheBoundWhileOthersGo() {
        Lane little = join(0.1);
        clock.advance(Duration.ofSeconds(4));
        join(1);
        Lane full = join(1);
        assertThat(line.poll()).isNotSameAs(little);
        clock.advance(Duration.ofSeconds(1));

        assertThat(line.poll()).isSameAs(little);
        assertThat(line.poll()).isSameAs(full);
    }

    @Test
    void waitsOnce() {
        Lane lane = join(1);
        assertThat(line.add(lane)).isFalse();
        assertThat(line.remove(lane)).isTrue();
        assertThat(line.remove(lane)).isFalse();

        assertThat(line.isEmpty()).isTrue();
        assertThat(line.poll()).isNull();
    }

    private Lane join(double fill) {
        Lane lane = new Lane(fill);
        assertThat(line.add(lane)).isTrue();
        return lane;
    }
}

package io.iotdarelay.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HourlyCapTest {

    private static final Instant START = Instant.parse("2026-11-30T12:00:00Z");

    private final HourlyCap cap = new HourlyCap();

    @Test
    void slides() {
        assertThat(cap.tryTake(2, at(0))).isTrue();
        assertThat(cap.tryTake(2, at(30))).isTrue();
        assertThat(cap.tryTake(2, at(59))).isFalse();
        assertThat(cap.tryTake(2, at(60))).isTrue();
        assertThat(cap.tryTake(2, at(61))).isFalse();
        assertThat(cap.tryTake(2, at(90))).isTrue();
    }

    @Test
    void whatWasNotCreatedDoesNotCount() {
        assertThat(cap.tryTake(1, at(0))).isTrue();
        cap.giveBack();
        assertThat(cap.tryTake(1, at(1))).isTrue();
        assertThat(cap.tryTake(1, at(2))).isFalse();
        cap.giveBack();
        cap.giveBack();
        assertThat(cap.tryTake(1, at(3))).isTrue();
    }

    @Test
    void aLowerCapCountsAtOnce() {
        for (int i = 0; i < 5; i++) {
            assertThat(cap.tryTake(5, at(0))).isTrue();
        }
        assertThat(cap.tryTake(3, at(1))).isFalse();
        assertThat(cap.tryTake(6, at(1))).isTrue();
    }

    /** In no 60 minutes more than the cap. */
    @Test
    void neverAllowsMore() {
        Seeds.each(5, random -> {
            HourlyCap random20 = new HourlyCap();
            List<Instant> taken = new ArrayList<>();
            Instant now = START;
            for (int i = 0; i < 5_000; i++) {
                now = now.plusSeconds(random.nextInt(120));
                if (random20.tryTake(20, now)) {
                    taken.add(now);
                }
            }
            for (int i = 20; i < taken.size(); i++) {
                assertThat(Duration.between(taken.get(i - 20), taken.get(i)))
                        .isGreaterThanOrEqualTo(Duration.ofHours(1));
            }
            assertThat(taken).hasSizeGreaterThan(100);
        });
    }

    private static Instant at(int minute) {
        return START.plus(Duration.ofMinutes(minute));
    }
}

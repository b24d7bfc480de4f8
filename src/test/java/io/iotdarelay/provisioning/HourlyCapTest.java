package io.iotdarelay.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.provisioning.HourlyCap.Slot;
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
        assertThat(cap.tryTake(2, at(0))).isPresent();
        assertThat(cap.tryTake(2, at(30))).isPresent();
        assertThat(cap.tryTake(2, at(59))).isEmpty();
        assertThat(cap.tryTake(2, at(60))).isPresent();
        assertThat(cap.tryTake(2, at(61))).isEmpty();
        assertThat(cap.tryTake(2, at(90))).isPresent();
    }

    @Test
    void whatWasNotCreatedDoesNotCount() {
        Slot first = cap.tryTake(1, at(0)).orElseThrow();
        cap.giveBack(first);
        assertThat(cap.holds(first, at(0))).isFalse();
        assertThat(cap.tryTake(1, at(1))).isPresent();
        assertThat(cap.tryTake(1, at(2))).isEmpty();
    }

    /** If the latest one was given back instead, more than the cap would fit into an hour. */
    @Test
    void givesBackTheSlotThatWasTaken() {
        Slot early = cap.tryTake(2, at(0)).orElseThrow();
        Slot late = cap.tryTake(2, at(50)).orElseThrow();
        cap.giveBack(early);
        assertThat(cap.tryTake(2, at(51))).isPresent();
        assertThat(cap.holds(late, at(51))).isTrue();
        assertThat(cap.tryTake(2, at(61))).as("two within the hour").isEmpty();
        assertThat(cap.size()).isEqualTo(2);
    }

    @Test
    void tellsWhenTheNextOneIsFree() {
        assertThat(cap.untilNext(at(0))).isZero();
        assertThat(cap.tryTake(2, at(0))).isPresent();
        assertThat(cap.tryTake(2, at(30))).isPresent();
        assertThat(cap.untilNext(at(40))).isEqualTo(Duration.ofMinutes(20));
        assertThat(cap.untilNext(at(61))).isEqualTo(Duration.ofMinutes(29));
    }

    @Test
    void aLowerCapCountsAtOnce() {
        for (int i = 0; i < 5; i++) {
            assertThat(cap.tryTake(5, at(0))).isPresent();
        }
        assertThat(cap.tryTake(3, at(1))).isEmpty();
        assertThat(cap.tryTake(6, at(1))).isPresent();
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
                if (random20.tryTake(20, now).isPresent()) {
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

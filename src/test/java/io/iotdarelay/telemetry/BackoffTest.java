package io.iotdarelay.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    private final Backoff backoff = Backoff.standard(new SplittableRandom(1));

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "2, 2",
        "3, 4",
        "5, 16",
        "6, 30",
        "7, 30",
        "64, 30",
        "1000, 30",
        "2147483647, 30",
        "1000000000000, 30"
    })
    void doublesTheBoundUpToTheLongest(long failures, long seconds) {
        assertThat(backoff.bound(failures)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void drawsAnyTimeUpToTheBound() {
        List<Duration> drawn = new ArrayList<>();
        IntStream.range(0, 1000).forEach(i -> drawn.add(backoff.after(1)));

        assertThat(drawn).allSatisfy(wait -> assertThat(wait).isBetween(Duration.ZERO, Duration.ofSeconds(1)));
        assertThat(drawn).anySatisfy(wait -> assertThat(wait).isLessThan(Duration.ofMillis(20)));
        assertThat(drawn).anySatisfy(wait -> assertThat(wait).isGreaterThan(Duration.ofMillis(980)));
    }

    @Test
    void drawsEachTimeAsOftenAsAnother() {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            waits.add(backoff.after(3).toMillis());
        }

        assertThat(waits).allSatisfy(wait -> assertThat(wait).isBetween(0L, 4000L));
        assertThat(waits.stream().mapToLong(Long::longValue).average().orElseThrow())
                .isBetween(1800.0, 2200.0);
    }

    @Test
    void drawsFromTheGeneratorThatItWasGiven() {
        Backoff same = Backoff.standard(new SplittableRandom(1));

        assertThat(same.after(4)).isEqualTo(backoff.after(4));
    }
}

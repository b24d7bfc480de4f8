package io.iotdarelay.desk;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.metrics.FlowTotals.Totals;
import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private final ManualClock clock = ManualClock.at("2026-12-01T03:00:00Z");
    private Totals totals = totals(0, 0, 0, bounds(0, 0, 0));
    private final History history = new History(() -> totals, clock);

    @BeforeEach
    void start() {
        assertThat(history.sample()).as("nothing to compare with").isEmpty();
    }

    @Test
    void aSampleIsWhatHappenedSinceTheOneBefore() {
        clock.advance(History.EVERY);
        totals = totals(1000, 20, 5, bounds(900, 1000, 1000));

        assertThat(history.sample())
                .hasValueSatisfying(sample ->
                        assertThat(sample).containsExactly(clock.instant().getEpochSecond(), 100.0, 0.3, 2.0, 0.5));

        clock.advance(History.EVERY);

        assertThat(history.sample())
                .hasValueSatisfying(sample ->
                        assertThat(sample).containsExactly(clock.instant().getEpochSecond(), 0.0, null, 0.0, 0.0));
    }

    @Test
    void keepsAnHour() {
        for (int i = 0; i < History.MOST + 50; i++) {
            clock.advance(History.EVERY);
            history.sample();
        }

        List<?> samples = (List<?>) Objects.requireNonNull(history.all().get("samples"));
        assertThat(samples).hasSize(History.MOST);
        assertThat(((List<?>) samples.getFirst()).getFirst())
                .isEqualTo(clock.instant()
                        .minus(Duration.ofHours(1))
                        .plus(History.EVERY)
                        .getEpochSecond());
    }

    /** A meter that begins anew is no negative rate; a clock that stands still is no infinite one. */
    @Test
    void survivesWhatCannotBe() {
        totals = totals(1000, 0, 0, bounds(1000, 1000, 1000));
        clock.advance(History.EVERY);
        history.sample();
        totals = totals(10, 0, 0, bounds(10, 10, 10));

        assertThat(history.sample()).isEmpty();
        clock.advance(History.EVERY);
        assertThat(history.sample())
                .hasValueSatisfying(sample -> assertThat(sample.get(1)).isEqualTo(0.0));
    }

    @Test
    void latencyLiesBetweenTwoBounds() {
        SortedMap<Double, Double> none = bounds(0, 0, 0);
        assertThat(History.latency(none, bounds(0, 0, 0))).isNull();
        assertThat(History.latency(none, new TreeMap<>())).isNull();
        assertThat(History.latency(none, bounds(100, 100, 100))).isEqualTo(0.095);
        assertThat(History.latency(none, bounds(90, 100, 100))).isEqualTo(0.3);
        assertThat(History.latency(bounds(90, 100, 100), bounds(90, 100, 300))).isEqualTo(4.775);
    }

    private static Totals totals(
            double delivered, double failed, double rejected, SortedMap<Double, Double> latencies) {
        return new Totals(delivered, rejected, failed, latencies);
    }

    /** How many took up to 0.1, 0.5 and 5 s. */
    private static SortedMap<Double, Double> bounds(double one, double two, double three) {
        return new TreeMap<>(Map.of(0.1, one, 0.5, two, 5.0, three));
    }
}

package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DemandTest {

    private static final TopicPartition ONE = new TopicPartition("t", 1);
    private static final TopicPartition TWO = new TopicPartition("t", 2);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Demand demand = new Demand();

    @Test
    void isWhatIsAppendedAndAPartOfWhatWaits() {
        observe(0, 1000, 900, 50, 50);
        assertThat(demand.isKnown()).isFalse();
        observe(10, 1200, 960, 50, 50);

        assertThat(demand.isKnown()).isTrue();
        assertThat(demand.of(Set.of(ONE, TWO))).containsOnly(Map.entry(ONE, 20.0 + 240.0 / 60), Map.entry(TWO, 0.0));
    }

    @Test
    void looksBackAMinuteOrTwo() {
        observe(0, 0, 0, 0, 0);
        observe(60, 6000, 6000, 60, 60);
        observe(120, 6000, 6000, 120, 120);

        assertThat(demand.of(Set.of(ONE, TWO))).containsOnly(Map.entry(ONE, 0.0), Map.entry(TWO, 1.0));
    }

    @Test
    void thatOfAPartitionThatIsStuckIsNothing() {
        observe(0, 100_000, 400, 100_000, 400);
        observe(20, 101_000, 400, 100_000, 401);
        assertThat(demand.of(Set.of(ONE)).getOrDefault(ONE, 0.0)).isGreaterThan(1000);

        observe(30, 101_000, 400, 100_000, 402);
        assertThat(demand.of(Set.of(ONE, TWO))).containsEntry(ONE, 0.0).containsEntry(TWO, (100_000.0 - 402) / 60);

        observe(40, 101_000, 500, 100_000, 403);
        assertThat(demand.of(Set.of(ONE)).getOrDefault(ONE, 0.0)).isGreaterThan(1000);
    }

    @Test
    void thatOfAPartitionAboutWhichNothingIsKnownIsNothing() {
        observe(0, 100, 100, 100, 100);
        observe(10, 200, 200, 100, 100);

        TopicPartition another = new TopicPartition("u", 0);
        assertThat(demand.of(Set.of(another))).containsOnly(Map.entry(another, 0.0));
    }

    private void observe(int second, long end1, long done1, long end2, long done2) {
        demand.observe(
                new LogEnds(START.plusSeconds(second), Map.of(ONE, end1, TWO, end2)), Map.of(ONE, done1, TWO, done2));
    }
}

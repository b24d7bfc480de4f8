package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class OffsetGapsTest {

    private static final Instant NOW = Instant.ofEpochSecond(100);

    private final OffsetGaps gaps = new OffsetGaps();

    @Test
    void takesAGapBelowTheStartOfTheLogForALossOnce() {
        gaps.passed(10, 25, NOW);

        assertThat(gaps.lost(startingAt(20), NOW, true)).containsExactly(new OffsetGaps.Gap(10, 20, NOW));
        assertThat(gaps.lost(startingAt(30), NOW, true)).isEmpty();
    }

    @Test
    void losesEverythingUpToTheEndWhereTheConsumerIsResetToTheEnd() {
        gaps.passed(10, 25, NOW);

        assertThat(gaps.lost(startingAt(20), NOW, false)).containsExactly(new OffsetGaps.Gap(10, 25, NOW));
    }

    @Test
    void takesAGapAboveTheStartOfTheLogForCompactionOrATransaction() {
        gaps.passed(10, 25, NOW);

        assertThat(gaps.lost(startingAt(10), NOW, true)).isEmpty();
        assertThat(gaps.lost(startingAt(30), NOW, true)).isEmpty();
    }

    @Test
    void judgesByAnAnswerThatIsNewerThanTheGap() {
        gaps.passed(10, 25, NOW);

        assertThat(gaps.lost(startingAt(20), NOW.minusMillis(1), true)).isEmpty();
        assertThat(gaps.lost(startingAt(20), NOW.plusMillis(1), true)).hasSize(1);
    }

    @Test
    void remembersTheWidestWhileKafkaDoesNotAnswer() {
        gaps.passed(0, 500, NOW);
        for (long offset = 500; offset < 10_000; offset += 2) {
            gaps.passed(offset, offset + 1, NOW);
        }
        gaps.passed(10_000, 10_300, NOW);

        assertThat(gaps.lost(startingAt(20_000), NOW, true))
                .hasSize(1000)
                .startsWith(new OffsetGaps.Gap(0, 500, NOW))
                .endsWith(new OffsetGaps.Gap(10_000, 10_300, NOW));
    }

    private static LogBounds startingAt(long start) {
        return new LogBounds(start, 50_000, 50_000);
    }
}

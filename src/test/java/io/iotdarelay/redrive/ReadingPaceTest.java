package io.iotdarelay.redrive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadingPaceTest {

    private static final long BATCH = Duration.ofMillis(5).toNanos();

    private long wall;
    private long process;
    private long thread;
    /** Of the processors, used by others all the time. */
    private double flow;

    private int processors = 1;

    @Test
    void aShortQuestionDoesNotWait() {
        flow = 1;
        ReadingPace pace = pace();

        for (int i = 0; i < 3; i++) {
            read(pace);
        }

        assertThat(wall).isEqualTo(3 * BATCH);
    }

    @ParameterizedTest
    @CsvSource({
        // processors, used by the flow; what a long question uses of them
        "1, 0.00, 0.50",
        "1, 0.30, 0.20",
        "1, 0.99, 0.015",
        "2, 0.00, 0.50",
        "2, 0.99, 0.015",
        "4, 0.10, 0.25", // one thread
    })
    void aLongOneUsesWhatTheFlowLeaves(int processors, double flow, double share) {
        this.processors = processors;
        this.flow = flow;
        ReadingPace pace = pace();
        for (int i = 0; i < 3_000; i++) {
            read(pace);
        }

        assertThat(thread / (double) wall / processors).isCloseTo(share, within(0.15 * share));
    }

    @Test
    void feelsThatTheFlowHasBegun() {
        ReadingPace pace = pace();
        for (int i = 0; i < 500; i++) {
            read(pace);
        }
        flow = 0.95;
        long wallBefore = wall;
        long threadBefore = thread;
        for (int i = 0; i < 500; i++) {
            read(pace);
        }

        assertThat((thread - threadBefore) / (double) (wall - wallBefore)).isLessThan(0.05);
    }

    private void read(ReadingPace pace) {
        thread += BATCH;
        process += BATCH;
        pass(BATCH);
        pace.rest();
    }

    private void pass(long nanos) {
        wall += nanos;
        process += Math.round(nanos * flow * processors);
    }

    private ReadingPace pace() {
        return new ReadingPace(new ReadingPace.Clocks(() -> wall, () -> process, () -> thread, this::pass), processors);
    }
}

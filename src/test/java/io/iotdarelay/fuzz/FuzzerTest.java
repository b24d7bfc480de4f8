package io.iotdarelay.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a record holds, and whatever its route, it becomes a report that the platform can read, or a rejection. */
class FuzzerTest {

    private static final int CASES = 6_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void findsNothing(long seed) {
        // When
        Fuzzer fuzzer = new Fuzzer(seed).run(CASES);

        // Then
        assertThat(fuzzer.findings()).as(fuzzer.toString()).isEmpty();
        assertThat(fuzzer.verdicts())
                .as(fuzzer.toString())
                .containsKeys(
                        "route refused",
                        "skipped",
                        "undecodable",
                        "unmappable",
                        "properties",
                        "child's properties",
                        "child's properties, gateway wanted",
                        "message");
    }

    @ParameterizedTest
    @ValueSource(longs = 4)
    void makesTheSameCasesOfTheSameSeed(long seed) {
        assertThat(new Fuzzer(seed).run(500).verdicts())
                .isEqualTo(new Fuzzer(seed).run(500).verdicts());
    }
}

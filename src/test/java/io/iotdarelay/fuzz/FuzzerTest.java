package io.iotdarelay.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a record holds, and whatever its route, it becomes a report that the platform can read, or a rejection. */
class FuzzerTest {

    private static final int CASES = 6_000;

    @Test
    void findsNothing() {
        Set<String> verdicts = new HashSet<>();
        List<String> runs = new ArrayList<>();
        for (long seed = 1; seed <= 4; seed++) {
            Fuzzer fuzzer = new Fuzzer(seed).run(CASES);
            runs.add(fuzzer.toString());
            verdicts.addAll(fuzzer.verdicts().keySet());
            assertThat(fuzzer.findings()).as(fuzzer.toString()).isEmpty();
        }
        assertThat(verdicts)
                .as(runs.toString())
                .contains(
                        "route refused",
                        "not taken",
                        "nothing to report",
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

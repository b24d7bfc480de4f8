package io.iotdarelay.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a record holds, and whatever its route, it becomes a report that the platform can read, or a rejection. */
@Execution(ExecutionMode.CONCURRENT)
class FuzzerTest {

    private static final long SEED = 1;
    private static final int CASES = 10_000;
    private static final int MOST_ROUNDS = 6;

    private static final List<String> VERDICTS = List.of(
            "route refused",
            "models refused",
            "skipped",
            "waits",
            "undecodable",
            "unmappable",
            "model-violation",
            "not-permitted",
            "checked against a model",
            "redriven",
            "explained",
            "properties",
            "message",
            "child's properties",
            "child's properties, gateway wanted",
            "model: unknown-service, rejected",
            "model: unknown-property, rejected",
            "model: type, rejected",
            "model: type, stripped",
            "model: range, rejected",
            "model: length, rejected",
            "model: enum, rejected",
            "model: enum-list, warned",
            "model: date-time, warned",
            "model: required, warned",
            "model: step, warned",
            "model: method, warned",
            "model: no-model, warned");

    /** What is reached depends on chance: as many rounds as it takes, and not endlessly. */
    @Test
    void findsNothingAndReachesEverything() {
        try (Fuzzer fuzzer = new Fuzzer(SEED).run(CASES)) {
            for (int i = 1; i < MOST_ROUNDS && !unreached(fuzzer).isEmpty(); i++) {
                fuzzer.run(CASES);
            }
            assertThat(fuzzer.findings()).as(fuzzer.toString()).isEmpty();
            assertThat(unreached(fuzzer)).isEmpty();
        }
    }

    /** Keys and choices of the configuration that were never part of a report, or never of a rejection; and verdicts without a record. */
    private static List<String> unreached(Fuzzer fuzzer) {
        Stream<String> verdicts = Stream.concat(
                VERDICTS.stream(),
                Arrays.stream(RandomSchemas.Kind.values()).map(kind -> "schema " + kind + ": undecodable"));
        return Stream.concat(
                        fuzzer.tallies().unreached(Features.all()).stream(),
                        verdicts.filter(verdict -> !fuzzer.tallies().verdicts().containsKey(verdict)))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = 4)
    void makesTheSameCasesOfTheSameSeed(long seed) {
        try (Fuzzer one = new Fuzzer(seed).run(500);
                Fuzzer other = new Fuzzer(seed).run(500)) {
            assertThat(one.tallies().verdicts()).isEqualTo(other.tallies().verdicts());
        }
    }
}

package io.iotdarelay.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens, the ledger adds up: nothing lost, nothing out of order, nothing repeated without an excuse, and everything
 * continues soon after. It runs alone, because its relays wait at most four seconds for a response: where other tests take the
 * processor that long, records repeat that nothing disturbed. {@code -Dchaos.seconds=600} makes it longer, {@code -Dchaos.seed=N}
 * repeats a run; a seed of 0 draws one.
 */
@Isolated
class ChaosIT {

    private static final Duration DURATION = Duration.ofSeconds(Long.getLong("chaos.seconds", 45));
    private static final Duration LONG = Duration.ofMinutes(4);
    private static final Duration STALL = Duration.ofSeconds(30);
    private static final double GROWTH = 1.2;

    static LongStream seeds() {
        Long given = Long.getLong("chaos.seed");
        if (given == null) {
            // Two of 45 seconds; longer runs draw everything before anything twice.
            return LongStream.of(194, 230);
        }
        return LongStream.of(given == 0 ? new Random().nextLong(1, 1_000_000) : given);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void addsUp(long seed) throws Exception {
        // When
        boolean watchesMemory = DURATION.compareTo(LONG) >= 0;
        System.out.println("chaos: -Dchaos.seed=" + seed + " -Dchaos.seconds=" + DURATION.toSeconds());
        ChaosReport report = new Chaos(seed, DURATION).run(watchesMemory);
        keep(seed, report.toString());

        // Then
        SoftAssertions all = new SoftAssertions();
        all.assertThat(report.settled()).as("settled").isTrue();
        all.assertThat(report.lost()).as("lost").isEmpty();
        all.assertThat(report.outOfOrder()).as("out of order").isEmpty();
        all.assertThat(report.foreign()).as("in a wrong device's report").isEmpty();
        all.assertThat(report.repeatedOutside())
                .as("repeated without an excuse")
                .isEmpty();
        all.assertThat(report.repeatedTooMuch()).as("repeated beyond the bound").isEmpty();
        all.assertThat(report.wrongDeadLetters()).as("unexpected dead letters").isEmpty();
        all.assertThat(report.late()).as("recovered too late").isEmpty();
        all.assertThat(report.longestStall()).as("stall").isLessThan(STALL);
        all.assertThat(report.notReconciled()).as("counters").isEmpty();
        all.assertThat(report.defects()).as("defects").isEmpty();
        if (report.memory().isConclusive()) {
            all.assertThat(report.memory().heapGrowth()).as("heap").isLessThan(GROWTH);
            all.assertThat(report.memory().threadGrowth()).as("threads").isLessThan(GROWTH);
        }
        all.assertAll();
        assertThat(report.incidents()).isNotEmpty();
    }

    private static void keep(long seed, String figures) throws IOException {
        System.out.println(figures);
        Files.writeString(Chaos.directory(seed).resolve("figures.txt"), figures + "\n");
    }
}

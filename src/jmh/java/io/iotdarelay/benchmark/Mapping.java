package io.iotdarelay.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What a record costs between its bytes in Kafka and the bytes of the request: decoding, mapping, the check by a product model, and
 * encoding; in the relay's own classes, on one warm core. Reports are counted, not timed, so that a busy machine has compiled as much as
 * an idle one; the fastest of 60 batches counts, and the median of the rounds. Compare what one run reports: all cases take turns.
 *
 * <pre>{@code
 * --rounds=3      how often
 * --only=avro     cases whose names contain this, and those that others are compared with
 * --show          what the cases send, instead
 * -i 100 -f 2     and what else JMH understands
 * }</pre>
 */
public final class Mapping {

    private static final String ALLOCATION = "gc.alloc.rate.norm";
    private static final int BATCH = 5_000;

    /**
     * One measurement of a case.
     *
     * @param nanos of a report, by the fastest batch
     * @param bytes that a report allocates
     */
    private record Cost(double nanos, double bytes) {}

    private Mapping() {}

    public static void main(String[] args) throws RunnerException, CommandLineOptionException, Exception {
        int rounds = Integer.parseInt(option(args, "--rounds=", "3"));
        String only = option(args, "--only=", "").toUpperCase(Locale.ROOT);
        List<Case> cases = Arrays.stream(Case.values())
                .filter(each -> each == Case.PLAIN_JACKSON
                        || each == Case.JSON
                        || each.name().contains(only))
                .toList();
        if (List.of(args).contains("--show")) {
            for (Case each : cases) {
                System.out.println(each.title() + ": "
                        + new String(each.prepared().call(), StandardCharsets.UTF_8).substring(0, 60));
            }
            return;
        }
        CommandLineOptions more = new CommandLineOptions(
                Arrays.stream(args).filter(arg -> !arg.startsWith("--")).toArray(String[]::new));
        System.out.println(Machine.describe());
        Map<Case, List<Cost>> costs = new EnumMap<>(Case.class);
        for (int round = 0; round < rounds; round++) {
            for (Case each : cases) {
                costs.computeIfAbsent(each, any -> new ArrayList<>()).add(measure(each, more));
                System.err.printf(Locale.ROOT, "round %d: %s %s%n", round + 1, each.title(), costs.get(each));
            }
        }
        print(costs);
    }

    private static String option(String[] args, String name, String otherwise) {
        return Arrays.stream(args)
                .filter(arg -> arg.startsWith(name))
                .map(arg -> arg.substring(name.length()))
                .findFirst()
                .orElse(otherwise);
    }

    private static Cost measure(Case each, CommandLineOptions more) throws RunnerException {
        int records = BATCH / each.reports();
        RunResult result = new Runner(new OptionsBuilder()
                        .parent(more)
                        .include(MappingBenchmark.class.getName())
                        .param("measured", each.name())
                        .warmupBatchSize(records)
                        .measurementBatchSize(records)
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .runSingle();
        return new Cost(
                result.getPrimaryResult().getStatistics().getMin() / BATCH,
                result.getSecondaryResults().get(ALLOCATION).getScore() / BATCH);
    }

    private static void print(Map<Case, List<Cost>> costs) {
        Cost json = median(costs.getOrDefault(Case.JSON, List.of()));
        System.out.println("| Case | value, bytes | time of a report, µs | of that of JSON | allocated, bytes |");
        System.out.println("| --- | --- | --- | --- | --- |");
        costs.forEach((each, all) -> {
            Cost cost = median(all);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %.2f | %.2f | %,.0f |%n",
                    each.title(),
                    each.value().length,
                    cost.nanos() / 1000,
                    cost.nanos() / json.nanos(),
                    cost.bytes());
        });
    }

    private static Cost median(List<Cost> costs) {
        return costs.stream()
                .sorted(Comparator.comparingDouble(Cost::nanos))
                .toList()
                .get(costs.size() / 2);
    }
}

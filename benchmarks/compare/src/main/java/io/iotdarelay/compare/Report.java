package io.iotdarelay.compare;

import io.iotdarelay.compare.Measurement.Latency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All trials of a scene, as a table and as JSON. */
final class Report {

    /** With the time of day, so that no run overwrites another's figures. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmm");

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Scene scene;
    private final List<Engine> engines;
    private final Stage stage;
    private final Arguments options;
    private final Map<Engine, List<Measurement>> trials = new LinkedHashMap<>();
    private final Map<Engine, List<Measurement>> loaded = new LinkedHashMap<>();
    private final Map<Engine, Double> rates = new LinkedHashMap<>();

    Report(Scene scene, List<Engine> engines, Stage stage, Arguments options) {
        this.scene = scene;
        this.engines = engines;
        this.stage = stage;
        this.options = options;
    }

    void add(Engine engine, Measurement measured) {
        trials.computeIfAbsent(engine, unused -> new ArrayList<>()).add(measured);
    }

    void addLoaded(Engine engine, double rate, Measurement measured) {
        rates.put(engine, rate);
        loaded.computeIfAbsent(engine, unused -> new ArrayList<>()).add(measured);
    }

    /** The median; 0 if no trial counts. */
    double recordsPerSecond(Engine engine) {
        double median = Spread.of(trials.getOrDefault(engine, List.of()), Measurement::recordsPerSecond)
                .median();
        return Double.isNaN(median) ? 0 : median;
    }

    void print() {
        System.out.printf(
                Locale.ROOT,
                "%n%s, %s keys, latency %d ms, %d records of %d devices, %d in flight; medians of %s trials (least to most)%n%n",
                scene.to(),
                scene.keys(),
                scene.latencyMillis(),
                scene.records(),
                scene.devices(),
                scene.inFlight(),
                options.text("trials", "3"));
        System.out.println(
                "| engine | records/s | requests/s | CPU us a record | bytes allocated a record | RSS MiB | GC ms | other core | sink us a request | void |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        trials.forEach((engine, all) -> System.out.printf(
                "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
                engine.label(engines),
                Spread.of(all, Measurement::recordsPerSecond).text(0),
                Spread.of(all, Measurement::requestsPerSecond).text(0),
                Spread.of(all, Measurement::cpuMicros).text(1),
                Spread.of(all, Measurement::allocated).text(0),
                Spread.of(all, Measurement::peakMebibytes).text(0),
                Spread.of(all, Measurement::collecting).text(0),
                Spread.of(all, measured -> measured.otherCore() * 100).text(0) + " %",
                Spread.of(all, Measurement::sinkMicros).text(1),
                voids(all)));
        if (!loaded.isEmpty()) {
            System.out.println();
            System.out.println(
                    "| engine | offered records/s | broker p50 ms | p99 | p99.9 | sink p50 ms | p99 | p99.9 | answered p50 ms | p99 | p99.9 | requests/s"
                            + " | CPU us a record | other core | void |");
            System.out.println(
                    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        }
        loaded.forEach((engine, all) -> System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
                engine.label(engines),
                rates.get(engine),
                Spread.of(all, measured -> latency(measured.produced(), Latency::p50))
                        .text(1),
                Spread.of(all, measured -> latency(measured.produced(), Latency::p99))
                        .text(1),
                Spread.of(all, measured -> latency(measured.produced(), Latency::p999))
                        .text(1),
                Spread.of(all, measured -> latency(measured.seen(), Latency::p50))
                        .text(1),
                Spread.of(all, measured -> latency(measured.seen(), Latency::p99))
                        .text(1),
                Spread.of(all, measured -> latency(measured.seen(), Latency::p999))
                        .text(1),
                Spread.of(all, measured -> latency(measured.answered(), Latency::p50))
                        .text(1),
                Spread.of(all, measured -> latency(measured.answered(), Latency::p99))
                        .text(1),
                Spread.of(all, measured -> latency(measured.answered(), Latency::p999))
                        .text(1),
                Spread.of(all, Measurement::requestsPerSecond).text(0),
                Spread.of(all, Measurement::cpuMicros).text(1),
                Spread.of(all, measured -> measured.otherCore() * 100).text(0) + " %",
                voids(all)));
        System.out.println();
    }

    private static double latency(@Nullable Latency latency, ToDoubleFunction<Latency> value) {
        return latency == null ? Double.NaN : value.applyAsDouble(latency);
    }

    private static String voids(List<Measurement> all) {
        return String.join(
                "; ",
                all.stream()
                        .filter(measured -> !measured.counts())
                        .map(Measurement::fault)
                        .toList());
    }

    /** The middle of what counts, and its ends. */
    private record Spread(double least, double median, double most) {

        static Spread of(List<Measurement> all, ToDoubleFunction<Measurement> value) {
            double[] sorted = all.stream()
                    .filter(Measurement::counts)
                    .mapToDouble(value)
                    .sorted()
                    .toArray();
            int n = sorted.length;
            return n == 0
                    ? new Spread(Double.NaN, Double.NaN, Double.NaN)
                    : new Spread(sorted[0], (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[n - 1]);
        }

        String text(int digits) {
            String one = "%,." + digits + "f";
            if (Double.isNaN(median)) {
                return "-";
            }
            return least == most
                    ? String.format(Locale.ROOT, one, median)
                    : String.format(Locale.ROOT, one + " (" + one + " to " + one + ")", median, least, most);
        }
    }

    /** Writes all there is to a file that is named by date, commit and scene. */
    void write(Path directory) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.set("machine", Machine.describe());
        json.set("scene", JSON.valueToTree(scene));
        json.put("partitions", Broker.PARTITIONS);
        json.set("jvm", JSON.valueToTree(stage.jvm()));
        json.set("relay-arguments", JSON.valueToTree(stage.relay()));
        ArrayNode all = json.putArray("engines");
        for (Map.Entry<Engine, List<Measurement>> entry : trials.entrySet()) {
            Engine engine = entry.getKey();
            ObjectNode one = all.addObject();
            one.put("engine", engine.label(engines));
            if (engine.isRelay()) {
                one.put("jar-sha256", Machine.digest(Path.of(engine.jar())));
            }
            one.put("keeps-order", engine.keepsOrder());
            one.set("trials", JSON.valueToTree(entry.getValue()));
            if (loaded.containsKey(engine)) {
                one.put("offered", rates.get(engine));
                one.set("under-load", JSON.valueToTree(loaded.get(engine)));
            }
        }
        Files.createDirectories(directory);
        Path file = directory.resolve(
                TIME.format(LocalDateTime.now(ZoneOffset.UTC)) + "-" + Machine.commit() + "-" + scene.name() + ".json");
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
        System.out.println("written: " + file);
    }
}

package io.iotdarelay.compare;

import io.iotdarelay.compare.Measurement.Latency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Conducts a comparison. What can be asked for is in {@code benchmarks/README.md}. */
final class Compare {

    private static final String JVM = "-Xmx512m,-XX:+UseSerialGC,-XX:ActiveProcessorCount=1";
    private static final Set<String> OPTIONS = Set.of(
            "engine",
            "to",
            "keys",
            "zipf",
            "latency",
            "records",
            "warm-up",
            "devices",
            "children",
            "in-flight",
            "trials",
            "load",
            "seconds",
            "settle",
            "rate",
            "jvm",
            "jar",
            "relay",
            "profile",
            "results",
            "engine-core",
            "other-core",
            "keep");

    /** Between these shares of the records it is measured, but not before the warm-up is over. */
    private static final double FROM = 0.25;

    private static final double UNTIL = 0.95;

    /** Of an open loop, what goes before: a producer that is still being compiled takes the sink's core, and both fall behind. */
    private static final int SETTLE_SECONDS = 20;

    private final Arguments options;
    private final List<Engine> engines;
    private final int trials;
    private int groups;

    private Compare(Arguments options) {
        this.options = options;
        options.permit(OPTIONS);
        String jar = options.text("jar", System.getProperty("compare.jar", "target/iotda-relay.jar"));
        this.engines = options.list("engine", Engine.ALL).stream()
                .map(given -> Engine.of(given, jar))
                .toList();
        this.trials = options.number("trials", 3);
    }

    public static void main(String[] args) throws IOException {
        new Compare(new Arguments(args)).run();
        System.exit(0);
    }

    private void run() throws IOException {
        List<Scene> scenes = scenes();
        Path directory = Files.createTempDirectory("relay-compare");
        int other = options.number("other-core", 0);
        Pinned.self(other);
        System.out.println(Machine.describe().toPrettyString());
        try (Broker broker = new Broker(directory, other);
                Sink sink = new Sink(directory, other)) {
            Stage stage = new Stage(
                    directory,
                    options.number("engine-core", 1),
                    other,
                    broker,
                    sink,
                    options.list("jvm", JVM),
                    options.list("relay", ""));
            for (Scene scene : scenes) {
                compare(stage, scene);
            }
        } finally {
            if (options.has("keep")) {
                System.out.println("kept: " + directory);
            } else {
                Directories.delete(directory);
            }
        }
    }

    private List<Scene> scenes() {
        List<Scene> scenes = new ArrayList<>();
        for (String to : options.list("to", "message")) {
            for (String keys : options.list("keys", "uniform")) {
                for (String latency : options.list("latency", "0ms")) {
                    scenes.add(Scene.of(options, to, keys, Integer.parseInt(latency.replace("ms", ""))));
                }
            }
        }
        return scenes;
    }

    private void compare(Stage stage, Scene scene) throws IOException {
        stage.prepare(scene);
        Report report = new Report(scene, engines, stage, options);
        for (int trial = 1; trial <= trials; trial++) {
            for (Engine engine : engines) {
                report.add(engine, throughput(stage, engine, scene, trial));
            }
        }
        if (options.has("load")) {
            for (int trial = 1; trial <= trials; trial++) {
                for (Engine engine : engines) {
                    double rate = options.has("rate")
                            ? options.real("rate", 0)
                            : report.recordsPerSecond(engine) * share(options.text("load"));
                    if (engine.readsKafka() && rate > 0) {
                        report.addLoaded(engine, rate, loaded(stage, engine, scene, rate, trial));
                    }
                }
            }
        }
        report.print();
        report.write(Path.of(options.text("results", System.getProperty("compare.results", "."))));
    }

    private static double share(String percent) {
        return Double.parseDouble(percent.isEmpty() ? "50" : percent.replace("%", "")) / 100;
    }

    private Measurement throughput(Stage stage, Engine engine, Scene scene, int trial) {
        int from = Math.max(scene.warmUp(), (int) (scene.records() * FROM));
        int until = (int) (scene.records() * UNTIL);
        if (from >= until) {
            throw new IllegalArgumentException("with so long a --warm-up nothing remains of --records");
        }
        Trial run = new Trial(stage, engine, scene, scene.topic(), group(engine, trial), scene.records());
        return told(engine, trial, () -> run.run(from, until, null, profile(engine, trial)));
    }

    /** Records come at a steady rate after the engine has warmed up with those that lie in the topic. */
    private Measurement loaded(Stage stage, Engine engine, Scene scene, double rate, int trial) {
        String group = group(engine, trial);
        String topic = "paced-" + group;
        int settling = (int) (rate * options.number("settle", SETTLE_SECONDS));
        int count = settling + (int) (rate * options.number("seconds", 30));
        int total = scene.warmUp() + count;
        stage.broker().createTopic(topic, Broker.PARTITIONS);
        stage.broker().fill(topic, scene, scene.warmUp());
        List<Pinned> producer = new ArrayList<>();
        try {
            Trial run = new Trial(stage, engine, scene, topic, group, total);
            Measurement measured = told(
                    engine,
                    trial,
                    () -> run.run(
                            scene.warmUp() + settling,
                            total - (int) (rate / 2),
                            () -> producer.add(paced(stage, scene, topic, rate, settling, count)),
                            null));
            return measured.counts()
                    ? measured.with(Latency.parse(producer.getFirst().result()))
                    : measured;
        } finally {
            producer.forEach(Pinned::close);
            stage.broker().deleteTopic(topic);
        }
    }

    private static Pinned paced(Stage stage, Scene scene, String topic, double rate, int settling, int count) {
        List<String> arguments =
                new ArrayList<>(List.of("-cp", System.getProperty("java.class.path"), PacedMain.class.getName()));
        arguments.addAll(scene.arguments());
        arguments.addAll(List.of(
                "--bootstrap=" + stage.broker().bootstrap(),
                "--topic=" + topic,
                "--rate=" + rate,
                "--skip=" + scene.warmUp(),
                "--settling=" + settling,
                "--count=" + count));
        return Pinned.java(
                stage.otherCore(),
                stage.directory().resolve(topic + ".log"),
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:ActiveProcessorCount=1"),
                arguments);
    }

    private Measurement told(Engine engine, int trial, Supplier<Measurement> work) {
        Measurement measured;
        try {
            measured = work.get();
        } catch (Trial.StuckException e) {
            System.out.println(e.getMessage());
            measured = Measurement.failed("stuck");
        }
        System.out.printf(
                Locale.ROOT,
                "%-28s trial %d  %8.0f records/s %8.0f requests/s %7.1f us CPU  %s%n",
                engine.label(engines),
                trial,
                measured.recordsPerSecond(),
                measured.requestsPerSecond(),
                measured.cpuMicros(),
                measured.counts() ? "" : "VOID: " + measured.fault());
        return measured;
    }

    private String group(Engine engine, int trial) {
        return engine.name() + "-" + trial + "-" + ++groups;
    }

    /** As asked for, with engine and trial in the name where there are several. */
    private @Nullable Path profile(Engine engine, int trial) {
        if (!options.has("profile")) {
            return null;
        }
        String file = options.text("profile");
        String suffix = (engines.size() > 1 ? "-" + engine.label(engines).replaceAll("[:/]+", "-") : "")
                + (trials > 1 ? "-" + trial : "");
        return Path.of(file.replaceFirst("(\\.jfr)?$", "") + suffix + ".jfr");
    }
}

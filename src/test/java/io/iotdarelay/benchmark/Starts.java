package io.iotdarelay.benchmark;

import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.Memory;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.Relays;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What a relay with one route of JSON takes until it has delivered its first record, and what it holds then; of several jars in turn, so
 * that what else the machine does meets all of them alike.
 *
 * <pre>{@code
 * old.jar new.jar                     the jars; those after the first are compared with it
 * --starts=5                          of each jar
 * --jvm=-Xmx512m,-XX:+UseSerialGC     arguments of the relay's JVM, separated by commas
 * }</pre>
 */
public final class Starts {

    private static final String TOPIC = "starts";
    private static final String DEVICE = "device";
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double MEBIBYTE = 1024 * 1024;

    private final Options options;
    private final Relays relays;

    private Starts(Options options, Relays relays) {
        this.options = options;
        this.relays = relays;
    }

    public static void main(String[] args) throws Exception {
        Options options = new Options(args);
        System.out.println(Machine.describe());
        try (LocalKafka kafka = LocalKafka.start();
                Simulator simulator = Simulator.start();
                Producer<byte[], byte[]> producer = kafka.producer()) {
            kafka.createTopic(TOPIC, 1);
            kafka.createTopic(TOPIC + ".dlt", 1);
            simulator.register(SimulatedDevice.direct(DEVICE, "secret"));
            producer.send(new ProducerRecord<>(TOPIC, bytes(DEVICE), bytes("{\"n\":1}")))
                    .get();
            Relays relays = Relays.of(kafka, simulator, TOPIC)
                    .withPropertiesRoute(TOPIC)
                    .withDevicesOfSimulator();
            new Starts(options, relays).run();
        }
        System.exit(0);
    }

    private void run() {
        List<String> jars = options.others();
        int starts = options.number("starts", 5);
        Map<String, List<double[]>> measured = new LinkedHashMap<>();
        List<String> names = List.of();
        for (int i = 0; i < starts; i++) {
            for (int turn = 0; turn < jars.size(); turn++) {
                int jar = i % 2 == 0 ? turn : jars.size() - 1 - turn;
                Map<String, Double> one = measure(Path.of(jars.get(jar)), TOPIC + "-" + i + "-" + jar);
                System.err.println(jars.get(jar) + " " + one);
                names = List.copyOf(one.keySet());
                measured.computeIfAbsent(jars.get(jar), any -> new ArrayList<>())
                        .add(one.values().stream()
                                .mapToDouble(Double::doubleValue)
                                .toArray());
            }
        }
        print(
                names,
                jars.stream().map(jar -> measured.getOrDefault(jar, List.of())).toList());
    }

    private Map<String, Double> measure(Path jar, String group) {
        relays.with("spring.kafka.consumer.group-id", group);
        Map<String, Double> figures = new LinkedHashMap<>();
        long begin = System.nanoTime();
        try (RelayProcess relay =
                RelayProcess.startJar(jar, List.of(options.jvm("-Xmx512m,-XX:+UseSerialGC")), relays.arguments())) {
            Wait.until(relay, LOOK_EVERY, () -> relay.port() > 0);
            Actuator actuator = Actuator.at(relay.port());
            Wait.until(relay, LOOK_EVERY, () -> actuator.get("/health/liveness").statusCode() == 200);
            figures.put("health answers, s", (System.nanoTime() - begin) / NANOS);
            figures.put(
                    "CPU time until then, s", Machine.cpuTime(relay.handle()).toMillis() / 1000.0);
            Wait.until(relay, LOOK_EVERY, () -> Actuator.sum(actuator.metrics(), "relay_records_delivered_total") > 0);
            figures.put("first record delivered, s", (System.nanoTime() - begin) / NANOS);
            relay.collectGarbage();
            Map<String, Double> metrics = actuator.metrics();
            figures.put("classes", metrics.getOrDefault("jvm_classes_loaded_classes", 0.0));
            figures.put("heap in use, MiB", Actuator.sum(metrics, "jvm_memory_used_bytes{area=\"heap\"") / MEBIBYTE);
            figures.put(
                    "other memory, MiB", Actuator.sum(metrics, "jvm_memory_used_bytes{area=\"nonheap\"") / MEBIBYTE);
            figures.put("resident, MiB", (double) Memory.resident(relay.handle()));
        }
        return figures;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void print(List<String> names, List<List<double[]>> jars) {
        for (int i = 0; i < names.size(); i++) {
            StringBuilder line = new StringBuilder("| ").append(names.get(i));
            double first = median(jars.getFirst(), i);
            for (List<double[]> jar : jars) {
                double median = median(jar, i);
                line.append(String.format(Locale.ROOT, " | %,.2f (%.3f)", median, median / first));
            }
            System.out.println(line + " |");
        }
    }

    private static double median(List<double[]> measured, int figure) {
        double[] sorted =
                measured.stream().mapToDouble(one -> one[figure]).sorted().toArray();
        return Arrays.stream(sorted, (sorted.length - 1) / 2, sorted.length / 2 + 1)
                .average()
                .orElseThrow();
    }
}

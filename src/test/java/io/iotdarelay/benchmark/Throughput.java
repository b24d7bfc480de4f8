package io.iotdarelay.benchmark;

import io.iotdarelay.simulator.SimulatorMain;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.Memory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * How fast the shipped jar empties a topic, and what that costs: the relay and the simulator are processes of their own, the
 * broker is in this one. All of them share the machine, so the CPU time per record is more meaningful than the records per second.
 *
 * <pre>{@code
 * --records=200000   how many
 * --devices=2000     of how many devices; gateways, for --to=gateway, with 20 children each
 * --to=properties    or message, or gateway
 * --latency=0ms      how long the platform takes
 * --jvm=-Xmx512m     arguments of the relay's JVM, separated by commas
 * --each-first       one more record of each device goes before, so that all have tokens when the measurement begins
 * --image=NAME       the image instead of the jar, as `.ci/image NAME` builds it
 * --preset=small     with the image: limits and bounds of a size of the chart
 * }</pre>
 */
public final class Throughput {

    private static final Path JAR = Path.of("target", "iotda-relay.jar");
    private static final String TOPIC = "benchmark";
    private static final int PARTITIONS = 6;
    private static final int CHILDREN = 20;
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final int SIMULATOR_MEBIBYTES = 1024;
    private static final int DEVICES_A_MEBIBYTE = 250;
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Options options;
    private final int records;
    private final int devices;
    private final String to;
    private final int before;
    private final Path directory;

    private Throughput(Options options) throws IOException {
        this.options = options;
        this.records = options.number("records", 200000);
        this.devices = options.number("devices", 2000);
        this.to = options.text("to", "properties");
        this.before = options.has("each-first") ? devices : 0;
        this.directory = Files.createTempDirectory("relay-benchmark");
    }

    public static void main(String[] args) throws IOException {
        new Throughput(new Options(args)).run();
        System.exit(0);
    }

    private void run() throws IOException {
        System.out.println(Machine.describe());
        System.out.printf(Locale.ROOT, "%d records of %d devices to %s, options %s%n", records, devices, to, options);
        try (LocalKafka kafka = LocalKafka.start()) {
            kafka.createTopic(TOPIC, PARTITIONS);
            kafka.createTopic("iotda-relay.dlt", 1);
            produce(kafka);
            Process simulator = startSimulator();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(simulator.getInputStream(), StandardCharsets.UTF_8))) {
                String endpoint = lines.readLine();
                measure(kafka, simulator.toHandle(), endpoint);
            } finally {
                simulator.destroyForcibly();
            }
        }
    }

    private void measure(LocalKafka kafka, ProcessHandle simulator, String endpoint) {
        Duration simulatorBefore = Machine.cpuTime(simulator);
        long start = System.nanoTime();
        try (Measured relay = start(arguments(kafka, endpoint))) {
            Wait.until(relay, LOOK_EVERY, () -> relay.port() > 0);
            Actuator actuator = Actuator.at(relay.port());
            Wait.until(relay, LOOK_EVERY, () -> delivered(actuator) > 0);
            long woken = System.nanoTime();
            Wait.until(relay, LOOK_EVERY, () -> delivered(actuator) >= before);
            long first = System.nanoTime();
            Duration cpuFirst = Machine.cpuTime(relay.handle());
            double deliveredFirst = delivered(actuator);
            Wait.until(relay, LOOK_EVERY, () -> delivered(actuator) >= before + records);
            long last = System.nanoTime();
            Duration cpu = Machine.cpuTime(relay.handle());
            Map<String, Double> metrics = actuator.metrics();
            double requests = Actuator.sum(metrics, "relay_requests_total");
            double done = before + records - deliveredFirst;
            System.out.printf(
                    Locale.ROOT,
                    """
                    start to first delivered record   %8.2f s
                    until each device had a token     %8.2f s  (%d devices)
                    from then to the last record      %8.2f s
                    records a second                  %8.0f
                    CPU time of a record              %8.1f us   (relay; %.2f s in all, %.2f s of it before the first)
                    requests                          %8.0f      (%.2f records each)
                    peak memory of the relay          %8d MiB
                    CPU time of a request             %8.1f us   (simulator; %.0f requests a second on one core)
                    """,
                    (woken - start) / NANOS,
                    (first - woken) / NANOS,
                    before,
                    (last - first) / NANOS,
                    done / ((last - first) / NANOS),
                    micros(cpu.minus(cpuFirst)) / done,
                    cpu.toMillis() / 1000.0,
                    cpuFirst.toMillis() / 1000.0,
                    requests,
                    (before + records) / Actuator.sum(metrics, "relay_request_records_count"),
                    Memory.peak(relay.handle()),
                    micros(Machine.cpuTime(simulator).minus(simulatorBefore)) / requests,
                    requests
                            / (Machine.cpuTime(simulator).minus(simulatorBefore).toNanos() / NANOS));
            relay.end();
        }
    }

    private static double micros(Duration duration) {
        return duration.toNanos() / 1000.0;
    }

    private static double delivered(Actuator actuator) {
        return Actuator.sum(actuator.metrics(), "relay_records_delivered_total");
    }

    private void produce(LocalKafka kafka) {
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (int i = 0; i < before + records; i++) {
                String sender = sender(i);
                String device = to.equals("gateway") ? sender + "-child-" + i % CHILDREN : sender;
                String value = "{\"device_id\":\"" + device + "\",\"ts\":" + (1_767_225_600_000L + i)
                        + ",\"payload\":{\"temp\":21.5,\"dv\":2301,\"state\":\"on\",\"n\":" + i + "}}";
                Future<?> unused = producer.send(new ProducerRecord<>(TOPIC, bytes(sender), bytes(value)));
            }
        }
    }

    private String sender(int i) {
        return (to.equals("gateway") ? "gateway-" : "device-") + i % devices;
    }

    private Process startSimulator() throws IOException {
        boolean gateways = to.equals("gateway");
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + (SIMULATOR_MEBIBYTES + devices / DEVICES_A_MEBIBYTE) + "m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SimulatorMain.class.getName(),
                        "--devices=" + (gateways ? 0 : devices),
                        "--gateways=" + (gateways ? devices : 0),
                        "--children=" + CHILDREN,
                        "--directory=" + directory.resolve("devices.csv"),
                        "--ca=" + directory.resolve("ca.pem"),
                        "--latency=" + options.text("latency", "0ms"),
                        "--report=600s"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private Measured start(String... arguments) {
        return options.has("image")
                ? Measured.image(
                        options.text("image", ""), Size.of(options.text("preset", "none")), directory, arguments)
                : Measured.jar(JAR, jvm(), arguments);
    }

    private List<String> jvm() {
        return List.of(options.jvm("-Xmx512m"));
    }

    private String[] arguments(LocalKafka kafka, String endpoint) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--spring.ssl.bundle.pem.simulator.truststore.certificate="
                        + directory.resolve("ca.pem").toUri(),
                "--relay.iotda.ssl-bundle=simulator",
                "--relay.iotda.endpoint=" + endpoint,
                "--relay.devices.file=" + directory.resolve("devices.csv").toUri(),
                "--relay.quota.authentications-per-second=0",
                "--relay.routes[0].name=benchmark",
                "--relay.routes[0].topics[0]=" + TOPIC,
                "--relay.routes[0].to=" + to,
                "--relay.routes[0].device-id=/device_id"));
        if (!to.equals("message")) {
            arguments.addAll(List.of(
                    "--relay.routes[0].services[0].id=Meter",
                    "--relay.routes[0].services[0].event-time=/ts",
                    "--relay.routes[0].services[0].properties.temperature=/payload/temp",
                    "--relay.routes[0].services[0].properties.voltage.from=/payload/dv",
                    "--relay.routes[0].services[0].properties.voltage.scale=0.1",
                    "--relay.routes[0].services[0].properties.state=/payload/state"));
        }
        return arguments.toArray(String[]::new);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

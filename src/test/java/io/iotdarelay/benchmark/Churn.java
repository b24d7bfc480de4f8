package io.iotdarelay.benchmark;

import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.Memory;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.Relays;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a relay's heap holds while devices come and go: in each wave other devices appear in the directory, each reports twice, and they
 * disappear again; others report that the directory never knew. Prints the live heap after each wave, which should not grow for long.
 *
 * <pre>{@code
 * --waves=20            of
 * --devices=100000      that are known, and
 * --unknown=400000      that are not
 * --jvm=-Xmx256m        arguments of the relay's JVM, separated by commas
 * }</pre>
 */
public final class Churn {

    private static final String TOPIC = "churn";
    private static final String DIRECTORY = "churn.devices";
    private static final int PARTITIONS = 12;
    private static final String[] BOUNDED = {"retention.bytes=50000000", "segment.bytes=20000000"};
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double MEBIBYTE = 1024 * 1024;
    private static final String SECRET = "secret";
    private static final String ENTRY = "{\"secret\":\"" + SECRET + "\"}";

    private final Options options;
    private final Results results;
    private final LocalKafka kafka;
    private final Simulator simulator;
    private final Producer<byte[], byte[]> producer;
    private long finished;

    private Churn(Options options, LocalKafka kafka, Simulator simulator, Producer<byte[], byte[]> producer) {
        this.options = options;
        this.results = new Results("churn", options, Clock.systemUTC());
        this.kafka = kafka;
        this.simulator = simulator;
        this.producer = producer;
    }

    public static void main(String[] args) {
        System.out.println(Machine.describe());
        try (LocalKafka kafka = LocalKafka.start();
                Simulator simulator = Simulator.start(new SimulatorOptions().countOnly());
                Producer<byte[], byte[]> producer = kafka.producer()) {
            new Churn(new Options(args), kafka, simulator, producer).run();
        }
        System.exit(0);
    }

    private void run() {
        kafka.createTopic(TOPIC, PARTITIONS, BOUNDED);
        kafka.createTopic(TOPIC + ".dlt", 1, BOUNDED);
        kafka.createTopic(DIRECTORY, PARTITIONS, "cleanup.policy=compact");
        Relays relays = Relays.of(kafka, simulator, TOPIC)
                .withPropertiesRoute(TOPIC)
                .without("relay.devices.file")
                .with("relay.devices.topic", DIRECTORY)
                .with("relay.devices.unknown-grace", "0s")
                .with("relay.quota.authentications-per-second", "0")
                .with("relay.dead-letter.max-share", "1");
        int devices = options.number("devices", 100_000);
        int unknown = options.number("unknown", 400_000);
        // A directory is loaded once it has a device.
        publish(List.of("always"), ENTRY);
        try (RelayProcess relay = relays.startProcess(options.jvm("-Xmx256m"))) {
            Wait.until(relay, LOOK_EVERY, () -> relay.port() > 0);
            Actuator actuator = Actuator.at(relay.port());
            Wait.until(relay, LOOK_EVERY, () -> actuator.status("readiness").equals("UP"));
            System.out.println("| Device IDs so far | seconds | heap in use | tokens | resident |");
            for (int wave = 0; wave < options.number("waves", 20); wave++) {
                long begun = System.nanoTime();
                List<String> known = names(wave, "device", devices);
                known.forEach(device -> simulator.register(SimulatedDevice.direct(device, SECRET)));
                publish(known, ENTRY);
                Wait.until(relay, LOOK_EVERY, () -> devices(actuator) == 1 + devices);
                report(relay, actuator, known);
                report(relay, actuator, known);
                report(relay, actuator, names(wave, "unknown", unknown));
                publish(known, null);
                Wait.until(relay, LOOK_EVERY, () -> devices(actuator) == 1);
                known.forEach(simulator::delete);
                relay.collectGarbage();
                Map<String, Double> metrics = actuator.metrics();
                long ids = (wave + 1L) * (devices + unknown);
                double seconds = (System.nanoTime() - begun) / NANOS;
                double heap = Actuator.sum(metrics, "jvm_memory_used_bytes{area=\"heap\"") / MEBIBYTE;
                double tokens = Actuator.sum(metrics, "relay_tokens_cached");
                long resident = Memory.resident(relay.handle());
                System.out.printf(
                        Locale.ROOT,
                        "| %,d | %.0f | %.1f MiB | %,.0f | %d MiB |%n",
                        ids,
                        seconds,
                        heap,
                        tokens,
                        resident);
                results.add(Map.of(
                        "ids",
                        ids,
                        "seconds",
                        seconds,
                        "heapMebibytes",
                        heap,
                        "tokens",
                        tokens,
                        "residentMebibytes",
                        resident));
            }
        }
    }

    private static List<String> names(int wave, String kind, int count) {
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add(String.format(Locale.ROOT, "%s-%08d-%08d-of-a-fleet", kind, wave, i));
        }
        return names;
    }

    private void publish(List<String> devices, @Nullable String entry) {
        devices.forEach(device -> send(DIRECTORY, device, entry));
        producer.flush();
    }

    /** Each reports once, and the relay has finished with it. */
    private void report(RelayProcess relay, Actuator actuator, List<String> devices) {
        devices.forEach(device -> send(TOPIC, device, "{\"n\":1}"));
        producer.flush();
        finished += devices.size();
        Wait.until(relay, LOOK_EVERY, () -> finished(actuator) >= finished);
    }

    private static long finished(Actuator actuator) {
        Map<String, Double> metrics = actuator.metrics();
        return (long) (Actuator.sum(metrics, "relay_records_delivered_total")
                + Actuator.sum(metrics, "relay_records_rejected_total"));
    }

    private static int devices(Actuator actuator) {
        return actuator.metrics().getOrDefault("relay_directory_devices", 0.0).intValue();
    }

    private void send(String topic, String key, @Nullable String value) {
        Future<?> unused = producer.send(new ProducerRecord<>(
                topic,
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8)));
    }
}

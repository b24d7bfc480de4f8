package io.iotdarelay.benchmark;

import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.LocalKafka;
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

/**
 * What a restart costs, with tokens in memory and in a topic: every device has reported before, and has records waiting when the relay
 * comes back. Prints how many authentications the restart made, and how much was delivered in each of the first seconds after readiness.
 *
 * <pre>{@code
 * --devices=100000      all of them active
 * --records=5           of each, that wait for the restarted relay
 * --quota=50            authentications per second after the restart; before it there is no limit
 * --most=60             seconds after readiness, after which a trial ends
 * --jvm=-Xmx512m        arguments of the relay's JVM, separated by commas
 * }</pre>
 */
public final class Restarts {

    private static final int PARTITIONS = 12;
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final Options options;
    private final LocalKafka kafka;
    private final Results results;
    private final List<String> lines = new ArrayList<>();

    private Restarts(Options options, LocalKafka kafka) {
        this.options = options;
        this.kafka = kafka;
        this.results = new Results("restarts", options, Clock.systemUTC());
    }

    public static void main(String[] args) throws Exception {
        System.out.println(Machine.describe());
        try (LocalKafka kafka = LocalKafka.start()) {
            Restarts restarts = new Restarts(new Options(args), kafka);
            restarts.measure("topic");
            restarts.measure("memory");
            restarts.lines.forEach(System.out::println);
        }
        System.exit(0);
    }

    private void measure(String store) throws Exception {
        String topic = "restarts-" + store;
        int devices = options.number("devices", 100_000);
        int records = options.number("records", 5);
        kafka.createTopic(topic, PARTITIONS);
        kafka.createTopic(topic + ".dlt", 1);
        kafka.createTopic(topic + ".tokens", 3, "cleanup.policy=compact");
        try (Simulator simulator = Simulator.start(new SimulatorOptions().countOnly());
                Producer<byte[], byte[]> producer = kafka.producer()) {
            for (int i = 0; i < devices; i++) {
                simulator.register(SimulatedDevice.direct("device-" + i, "secret-" + i));
            }
            Relays relays = Relays.of(kafka, simulator, topic)
                    .withPropertiesRoute(topic)
                    .withDevicesOfSimulator()
                    .withTokensIn(topic + ".tokens")
                    .with("relay.tokens.store", store);
            produce(producer, topic, devices, 1);
            try (RelayProcess relay = relays.startProcess(jvm())) {
                Wait.until(relay, LOOK_EVERY, () -> simulator.ledger().acceptedCount() >= devices);
                relay.terminate();
                relay.exitCode(Duration.ofMinutes(1));
            }
            produce(producer, topic, devices, records);
            long authenticated = simulator.ledger().authentications();
            relays.with("relay.quota.authentications-per-second", options.text("quota", "50"));
            try (RelayProcess relay = relays.startProcess(jvm())) {
                Curve curve = follow(relay, simulator, devices + (long) devices * records);
                long again = simulator.ledger().authentications() - authenticated;
                lines.add(String.format(Locale.ROOT, "| %s | %,d | %,d | %s |", store, devices, again, curve.text()));
                results.add(Map.of(
                        "store",
                        store,
                        "devices",
                        devices,
                        "authentications",
                        again,
                        "secondsToReadiness",
                        curve.readyAfter(),
                        "deliveredInEachSecond",
                        curve.delivered(),
                        "seconds",
                        curve.seconds()));
            }
        }
    }

    private record Curve(double readyAfter, List<Long> delivered, double seconds, String text) {}

    /** Delivered in each second since readiness. */
    private Curve follow(RelayProcess relay, Simulator simulator, long all) {
        long begun = System.nanoTime();
        Wait.until(relay, LOOK_EVERY, () -> relay.port() > 0);
        Actuator actuator = Actuator.at(relay.port());
        Wait.until(relay, LOOK_EVERY, () -> actuator.status("readiness").equals("UP"));
        long ready = System.nanoTime();
        List<Long> curve = new ArrayList<>();
        long before = simulator.ledger().acceptedCount();
        for (int second = 1; second <= options.number("most", 60) && before < all; second++) {
            long end = ready + second * (long) NANOS;
            Wait.until(
                    relay,
                    LOOK_EVERY,
                    () -> System.nanoTime() >= end || simulator.ledger().acceptedCount() >= all);
            long now = simulator.ledger().acceptedCount();
            curve.add(now - before);
            before = now;
        }
        double took = (System.nanoTime() - ready) / NANOS;
        double readyAfter = (ready - begun) / NANOS;
        String text = String.format(
                Locale.ROOT,
                "%.1f s to readiness | %s | %,d of %,d after %.1f s",
                readyAfter,
                curve.subList(0, Math.min(10, curve.size())),
                before,
                all,
                took);
        return new Curve(readyAfter, curve, took, text);
    }

    private static void produce(Producer<byte[], byte[]> producer, String topic, int devices, int records) {
        for (int n = 0; n < records; n++) {
            byte[] value = ("{\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < devices; i++) {
                byte[] key = ("device-" + i).getBytes(StandardCharsets.UTF_8);
                Future<?> unused = producer.send(new ProducerRecord<>(topic, key, value));
            }
        }
        producer.flush();
    }

    private String[] jvm() {
        return options.jvm("-Xmx512m");
    }
}

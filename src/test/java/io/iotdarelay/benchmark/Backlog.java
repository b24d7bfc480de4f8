package io.iotdarelay.benchmark;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Fault;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * How late live records are while a relay catches up: 11 of 12 partitions hold a backlog, the last one has live records only. Its records
 * may have to wait for their turn, but not for the backlog. A record is late from when it should be sent until the platform has its
 * request.
 *
 * <pre>{@code
 * --records=3000000     of the backlog
 * --devices=2000        that have it
 * --live=200            live records a second, of another 2000 devices
 * --jvm=-Xmx512m        arguments of the relay's JVM, separated by commas
 * }</pre>
 */
public final class Backlog {

    private static final String TOPIC = "backlog";
    private static final int PARTITIONS = 12;
    private static final int LIVE_PARTITION = PARTITIONS - 1;

    /** So many that none has two records in flight. */
    private static final int LIVE_DEVICES = 2_000;

    private static final int CALM_SECONDS = 30;
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(5);
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Results results;
    private final int records;
    private final int devices;
    private final int rate;
    private final Simulator simulator;
    private final Producer<byte[], byte[]> producer;

    /** Of its own, which the backlog does not hold up. */
    private final Producer<byte[], byte[]> liveProducer;

    /** When the record that a live device waits for was due. */
    private final Map<String, Long> due = new ConcurrentHashMap<>();

    private final Map<String, List<Long>> late = new ConcurrentHashMap<>();
    private volatile String phase = "warm-up";

    private Backlog(
            Options options,
            Simulator simulator,
            Producer<byte[], byte[]> producer,
            Producer<byte[], byte[]> liveProducer) {
        this.results = new Results("backlog", options, Clock.systemUTC());
        this.records = options.number("records", 3_000_000);
        this.devices = options.number("devices", 2_000);
        this.rate = options.number("live", 200);
        this.simulator = simulator;
        this.producer = producer;
        this.liveProducer = liveProducer;
    }

    public static void main(String[] args) throws InterruptedException {
        Options options = new Options(args);
        System.out.println(Machine.describe());
        try (LocalKafka kafka = LocalKafka.start();
                Simulator simulator = Simulator.start(new SimulatorOptions().countOnly());
                Producer<byte[], byte[]> producer = kafka.producer();
                Producer<byte[], byte[]> live = kafka.producer()) {
            kafka.createTopic(TOPIC, PARTITIONS);
            kafka.createTopic(TOPIC + ".dlt", 1);
            new Backlog(options, simulator, producer, live).run(kafka, options.jvm("-Xmx512m"));
        }
        System.exit(0);
    }

    private void run(LocalKafka kafka, String... jvm) throws InterruptedException {
        for (int i = 0; i < devices; i++) {
            simulator.register(SimulatedDevice.direct("device-" + i, "secret"));
        }
        for (int i = 0; i < LIVE_DEVICES; i++) {
            simulator.register(SimulatedDevice.direct("live-" + i, "secret"));
        }
        Relays relays = Relays.of(kafka, simulator, TOPIC)
                .withPropertiesRoute(TOPIC)
                .withDevicesOfSimulator()
                .with("relay.quota.authentications-per-second", "0");
        simulator.faults().inject(call -> arrived(call.api(), call.device()), new Fault.Silence());
        try (RelayProcess relay = relays.startProcess(jvm)) {
            Wait.until(relay, LOOK_EVERY, () -> relay.port() > 0);
            Actuator actuator = Actuator.at(relay.port());
            Wait.until(relay, LOOK_EVERY, () -> actuator.status("readiness").equals("UP"));
            Thread live = Thread.ofPlatform().start(this::sendLive);
            produceBacklog(devices);
            Wait.until(relay, LOOK_EVERY, () -> delivered(actuator) >= devices);
            pass();
            phase = "nothing else";
            pass();
            phase = "a backlog that is produced";
            double before = delivered(actuator);
            long begun = System.nanoTime();
            produceBacklog(records);
            long produced = System.nanoTime();
            phase = "a backlog";
            Wait.until(relay, LOOK_EVERY, () -> delivered(actuator) - before >= records);
            double seconds = (System.nanoTime() - begun) / NANOS;
            phase = "over";
            live.interrupt();
            live.join();
            print(seconds, (produced - begun) / NANOS, relay);
        }
    }

    private void print(double seconds, double producing, RelayProcess relay) {
        System.out.printf(
                Locale.ROOT,
                "%,d records of a backlog in %.1f s, of which %.1f s while they were produced; peak %d MiB%n",
                records,
                seconds,
                producing,
                Memory.peak(relay.handle()));
        results.add(Map.of(
                "backlog",
                records,
                "seconds",
                seconds,
                "secondsWhileProduced",
                producing,
                "peakMebibytes",
                Memory.peak(relay.handle())));
        System.out.println("| Beside the live records | live records | median | p99 | latest |");
        for (String name : List.of("nothing else", "a backlog")) {
            List<Long> nanos = new ArrayList<>(late.getOrDefault(name, List.of()));
            nanos.sort(null);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %.1f ms | %.1f ms | %.1f ms |%n",
                    name,
                    nanos.size(),
                    at(nanos, 0.5),
                    at(nanos, 0.99),
                    at(nanos, 1));
            results.add(Map.of(
                    "beside",
                    name,
                    "live",
                    nanos.size(),
                    "medianMillis",
                    at(nanos, 0.5),
                    "p99Millis",
                    at(nanos, 0.99),
                    "latestMillis",
                    at(nanos, 1)));
        }
    }

    private static double at(List<Long> sorted, double part) {
        return sorted.isEmpty() ? Double.NaN : Quantiles.at(sorted, part) / MILLI;
    }

    /** Notes when a live device's report is here; strikes nothing. */
    private boolean arrived(Api api, String device) {
        if (api == Api.PROPERTIES) {
            Long since = due.remove(device);
            if (since != null) {
                long took = System.nanoTime() - since;
                late.computeIfAbsent(phase, any -> new ArrayList<>());
                late.computeIfPresent(phase, (any, all) -> {
                    all.add(took);
                    return all;
                });
            }
        }
        return false;
    }

    private void sendLive() {
        long begin = System.nanoTime();
        int next = 0;
        while (!Thread.currentThread().isInterrupted()) {
            long now = System.nanoTime() - begin;
            for (; next < now * rate / TimeUnit.SECONDS.toNanos(1); next++) {
                String device = "live-" + next % LIVE_DEVICES;
                due.putIfAbsent(device, begin + (long) (next * NANOS / rate));
                send(liveProducer, LIVE_PARTITION, device, next);
            }
            LockSupport.parkNanos(TICK);
        }
    }

    private void produceBacklog(int count) {
        for (int i = 0; i < count; i++) {
            send(producer, i % devices % LIVE_PARTITION, "device-" + i % devices, i);
        }
        producer.flush();
    }

    private static void send(Producer<byte[], byte[]> producer, int partition, String device, int n) {
        String value = "{\"n\":" + n + ",\"padding\":\"" + "x".repeat(270) + "\"}";
        Future<?> unused = producer.send(new ProducerRecord<>(
                TOPIC, partition, device.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
    }

    private static double delivered(Actuator actuator) {
        return Actuator.sum(actuator.metrics(), "relay_records_delivered_total");
    }

    private static void pass() {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(CALM_SECONDS));
    }
}

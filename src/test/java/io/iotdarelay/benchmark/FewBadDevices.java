package io.iotdarelay.benchmark;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.Relays;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;

/**
 * What a few bad devices cost the others: how long a record takes from the producer to the platform's acceptance, while all devices
 * are well, while one in eleven fails, and while one in eleven never answers. One relay with default settings lives through all of it.
 *
 * <pre>{@code
 * --devices=132    how many
 * --rate=400       records a second, over all devices
 * --seconds=60     of each phase
 * --latency=20ms   how long the platform takes
 * }</pre>
 */
public final class FewBadDevices {

    private static final String TOPIC = "few-bad-devices";
    private static final int PARTITIONS = 6;
    private static final int BAD_ONE_IN = 11;
    private static final int TICK_MILLIS = 20;
    private static final Duration WARM_UP = Duration.ofSeconds(20);

    private final int devices;
    private final int rate;
    private final Duration phase;
    private final Duration latency;
    private final Map<String, Instant> sent = new HashMap<>();

    private FewBadDevices(Options options) {
        this.devices = options.number("devices", 132);
        this.rate = options.number("rate", 400);
        this.phase = Duration.ofSeconds(Long.parseLong(options.text("seconds", "60")));
        this.latency =
                Duration.ofMillis(Long.parseLong(options.text("latency", "20ms").replace("ms", "")));
    }

    public static void main(String[] args) {
        new FewBadDevices(new Options(args)).run();
        System.exit(0);
    }

    private void run() {
        System.out.println(Machine.describe());
        System.out.printf(Locale.ROOT, "%d devices, %d records a second, platform takes %s%n", devices, rate, latency);
        try (LocalKafka kafka = LocalKafka.start();
                Simulator simulator = Simulator.start(new SimulatorOptions());
                KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            kafka.createTopic(TOPIC, PARTITIONS);
            kafka.createTopic(TOPIC + ".dlt", 1);
            Fleet fleet = Fleet.of(simulator, "d", devices);
            Relays relays = Relays.of(kafka, simulator, TOPIC)
                    .withPropertiesRoute(TOPIC)
                    .withDevicesOfSimulator();
            simulator.faults().inject(new Fault.Delay(latency, latency));
            Set<String> bad = new HashSet<>();
            for (int i = 0; i < devices; i += BAD_ONE_IN) {
                bad.add(fleet.devices().get(i));
            }
            try (RelayProcess relay = relays.startProcess()) {
                Actuator actuator = Actuator.at(relay.awaitPort());
                produce(fleet, producer, WARM_UP);
                measure("calm", fleet, producer, simulator, actuator, bad, null);
                measure("failing (503)", fleet, producer, simulator, actuator, bad, new Fault.Answer(Reply.html(503)));
                measure("calm again", fleet, producer, simulator, actuator, bad, null);
                measure("never answering", fleet, producer, simulator, actuator, bad, new Fault.Silence());
            }
        }
    }

    private void measure(
            String name,
            Fleet fleet,
            KafkaProducer<byte[], byte[]> producer,
            Simulator simulator,
            Actuator actuator,
            Set<String> bad,
            @Nullable Fault fault) {
        Faults.Injection injected =
                fault == null ? null : simulator.faults().inject(call -> bad.contains(call.device()), fault);
        int from = simulator.ledger().accepted().size();
        Instant begin = Instant.now();
        produce(fleet, producer, phase);
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
        List<Long> micros = new ArrayList<>();
        List<Ledger.Accepted> accepted = simulator.ledger().accepted();
        for (Ledger.Accepted report : accepted.subList(from, accepted.size())) {
            Instant at =
                    sent.get(report.device() + "/" + report.content().path("n").asInt());
            if (!bad.contains(report.device()) && at != null && !at.isBefore(begin)) {
                micros.add(Duration.between(at, report.at()).toNanos() / 1000);
            }
        }
        micros.sort(null);
        System.out.printf(
                Locale.ROOT,
                "%-16s others: %6d records, median %7.1f ms, p99 %7.1f ms, longest %7.1f ms; breaker open or partition paused: %s%n",
                name,
                micros.size(),
                at(micros, 0.5),
                at(micros, 0.99),
                at(micros, 1),
                Actuator.sum(actuator.metrics(), "relay_partition_paused{") > 0);
        if (injected != null) {
            injected.close();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(40));
        }
    }

    private static double at(List<Long> sorted, double part) {
        return sorted.isEmpty() ? Double.NaN : Quantiles.at(sorted, part) / 1000.0;
    }

    /** At a steady rate, one device after the other. */
    private void produce(Fleet fleet, KafkaProducer<byte[], byte[]> producer, Duration during) {
        List<String> all = fleet.devices();
        Map<String, Integer> numbers = new HashMap<>(fleet.produced());
        int next = 0;
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < during.toNanos()) {
            long due = (System.nanoTime() - begin) * rate / TimeUnit.SECONDS.toNanos(1);
            for (; next < due; next++) {
                String device = all.get(next % all.size());
                sent.put(device + "/" + (numbers.merge(device, 1, Integer::sum) - 1), Instant.now());
                fleet.produce(producer, TOPIC, device);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
        }
        producer.flush();
    }
}

package io.iotdarelay.benchmark;

import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.Relays;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.StringUtils;

/**
 * How long a rebalance holds up records, while instances come and go: of partitions that move, and of those that stay where they are.
 * A record is late from the moment when it should be sent until the platform has accepted it.
 *
 * <pre>{@code
 * --rate=400                    records a second, over all devices
 * --devices=240                 how many
 * --protocol=classic,consumer   Kafka's group protocols
 * }</pre>
 */
public final class Scaling {

    private static final int PARTITIONS = 12;
    private static final Duration CALM = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(5);

    private record Sent(int partition, Instant due) {}

    private final LocalKafka kafka;
    private final Results results;
    private final int rate;
    private final int devices;

    private Scaling(LocalKafka kafka, Options options) {
        this.kafka = kafka;
        this.results = new Results("scaling", options, Clock.systemUTC());
        this.rate = options.number("rate", 400);
        this.devices = options.number("devices", 240);
    }

    public static void main(String[] args) throws Exception {
        Options options = new Options(args);
        System.out.println(Machine.describe());
        try (LocalKafka kafka = LocalKafka.start()) {
            Scaling scaling = new Scaling(kafka, options);
            for (String protocol :
                    StringUtils.commaDelimitedListToStringArray(options.text("protocol", "classic,consumer"))) {
                scaling.measure(protocol);
            }
        }
        System.exit(0);
    }

    private void measure(String protocol) throws Exception {
        String topic = "scaling-" + protocol;
        kafka.createTopic(topic, PARTITIONS);
        kafka.createTopic(topic + ".dlt", 1);
        try (Simulator simulator = Simulator.start(new SimulatorOptions())) {
            for (int i = 0; i < devices; i++) {
                simulator.register(SimulatedDevice.direct("device-" + i, "secret-" + i));
            }
            Relays relays = Relays.of(kafka, simulator, topic)
                    .withPropertiesRoute(topic)
                    .withDevicesOfSimulator()
                    .with("spring.kafka.consumer.properties.group.protocol", protocol);
            List<ConfigurableApplicationContext> running = new ArrayList<>();
            try (Load load = new Load(topic)) {
                running.add(relays.start());
                await(running);
                pass(CALM.multipliedBy(2));
                Step step = new Step(protocol, simulator, load, running, results);
                step.take("none comes or goes", () -> {});
                step.take("1 to 2 instances", () -> running.add(relays.start()));
                step.take("2 to 4 instances", () -> {
                    running.add(relays.start());
                    running.add(relays.start());
                });
                step.take("4 to 2 instances", () -> {
                    running.removeFirst().close();
                    running.removeFirst().close();
                });
            } finally {
                running.forEach(ConfigurableApplicationContext::close);
            }
        }
    }

    /** Something happens under load; then it says who was late. */
    private record Step(
            String protocol,
            Simulator simulator,
            Load load,
            List<ConfigurableApplicationContext> running,
            Results results) {

        void take(String name, Runnable change) {
            Map<Integer, Integer> before = owners();
            Instant from = Instant.now();
            change.run();
            await(running);
            Instant settled = Instant.now();
            pass(CALM);
            Set<Integer> moved = new HashSet<>();
            Map<Integer, Integer> after = owners();
            after.forEach((partition, owner) -> {
                if (!owner.equals(before.get(partition))) {
                    moved.add(partition);
                }
            });
            Map<String, Instant> accepted = new HashMap<>();
            for (Ledger.Accepted report : simulator.ledger().accepted()) {
                accepted.putIfAbsent(
                        report.device() + "/" + report.content().path("n").asInt(), report.at());
            }
            List<Long> ofMoved = new ArrayList<>();
            List<Long> ofOthers = new ArrayList<>();
            int missing = 0;
            for (Map.Entry<String, Sent> record : load.sent.entrySet()) {
                Instant due = record.getValue().due();
                if (due.isBefore(from) || due.isAfter(settled.plus(CALM.dividedBy(2)))) {
                    continue;
                }
                Instant at = accepted.get(record.getKey());
                if (at == null) {
                    missing++;
                } else {
                    (moved.contains(record.getValue().partition()) ? ofMoved : ofOthers)
                            .add(Duration.between(due, at).toMillis());
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %d | %s | %s | %d |%n",
                    protocol,
                    name,
                    moved.size(),
                    describe(ofMoved),
                    describe(ofOthers),
                    missing);
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("protocol", protocol);
            figures.put("change", name);
            figures.put("moved", moved.size());
            figures.put("missing", missing);
            put(figures, "moving", ofMoved);
            put(figures, "staying", ofOthers);
            results.add(figures);
        }

        private static void put(Map<String, Object> figures, String which, List<Long> sorted) {
            if (!sorted.isEmpty()) {
                figures.put(which + "P99Millis", Quantiles.at(sorted, 0.99));
                figures.put(which + "LatestMillis", sorted.getLast());
            }
        }

        /** By partition: a number of the instance. */
        private Map<Integer, Integer> owners() {
            Map<Integer, Integer> owners = new HashMap<>();
            for (ConfigurableApplicationContext relay : running) {
                partitions(relay).forEach(partition -> owners.put(partition, System.identityHashCode(relay)));
            }
            return owners;
        }

        private static String describe(List<Long> millis) {
            if (millis.isEmpty()) {
                return "-";
            }
            millis.sort(Comparator.naturalOrder());
            return String.format(Locale.ROOT, "%,d ms, longest %,d ms", Quantiles.at(millis, 0.99), millis.getLast());
        }
    }

    /** Records at a steady rate, from a thread of its own. */
    private final class Load implements AutoCloseable {
        private final Map<String, Sent> sent = new ConcurrentHashMap<>();
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final Thread thread;

        Load(String topic) {
            this.thread = Thread.ofPlatform().name("load").start(() -> run(topic));
        }

        private void run(String topic) {
            try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
                Instant begin = Instant.now();
                for (long i = 0; stopped.getCount() > 0; i++) {
                    Instant due = begin.plusNanos(i * TimeUnit.SECONDS.toNanos(1) / rate);
                    while (Instant.now().isBefore(due)) {
                        LockSupport.parkNanos(TICK);
                    }
                    String device = "device-" + i % devices;
                    long number = i / devices;
                    Future<?> unused = producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    device.getBytes(StandardCharsets.UTF_8),
                                    ("{\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8)),
                            (metadata, failure) -> {
                                if (failure == null) {
                                    sent.put(device + "/" + number, new Sent(metadata.partition(), due));
                                }
                            });
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            stopped.countDown();
            thread.join();
        }
    }

    private static List<Integer> partitions(ConfigurableApplicationContext relay) {
        return Actuator.of(relay).partitions().stream()
                .map(name -> Integer.parseInt(name.substring(name.lastIndexOf('-') + 1)))
                .toList();
    }

    /** All partitions are read, by equal shares. */
    private static void await(List<ConfigurableApplicationContext> running) {
        Instant until = Instant.now().plus(LIMIT);
        int share = PARTITIONS / running.size();
        while (!running.stream().allMatch(relay -> partitions(relay).size() == share)) {
            if (Instant.now().isAfter(until)) {
                throw new IllegalStateException("the partitions are not shared equally");
            }
            LockSupport.parkNanos(TICK);
        }
    }

    private static void pass(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }
}

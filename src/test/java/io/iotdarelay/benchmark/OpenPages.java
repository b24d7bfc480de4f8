package io.iotdarelay.benchmark;

import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.Memory;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.Relays;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import tools.jackson.databind.json.JsonMapper;

/**
 * What operators who look cost the flow: one relay on a core of its own empties a backlog, now alone, now with 100 open pages while somebody
 * searches all of a dead-letter topic again and again. The phases take turns, so that what else the machine does meets both.
 *
 * <pre>{@code
 * --letters=1000000   in the dead-letter topic
 * --records=1500000   in the backlog; it must last for all phases
 * --pages=100
 * --search=yes        or no: pages alone
 * --seconds=20        of each phase
 * --phases=3          of each kind
 * --jvm=-Xmx512m      arguments of the relay's JVM, separated by commas
 * }</pre>
 */
public final class OpenPages {

    private static final String TOPIC = "open-pages";
    private static final String LETTERS = "open-pages.dlt";
    private static final int PARTITIONS = 12;
    private static final int DEVICES = 2_000;
    private static final int PER_ADDRESS = 25;
    private static final Duration WARM_UP = Duration.ofSeconds(20);

    private final Options options;
    private final Results results;
    private final int letters;
    private final int records;
    private final int pages;
    private final Duration phase;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong scanned = new AtomicLong();
    private final AtomicLong scans = new AtomicLong();

    private record At(double delivered, Duration cpu, long nanos) {}

    private OpenPages(Options options) {
        this.options = options;
        this.results = new Results("open-pages", options, Clock.systemUTC());
        this.letters = options.number("letters", 1_000_000);
        this.records = options.number("records", 1_500_000);
        this.pages = options.number("pages", 100);
        this.phase = Duration.ofSeconds(options.number("seconds", 20));
    }

    public static void main(String[] args) throws Exception {
        new OpenPages(new Options(args)).run();
        System.exit(0);
    }

    private void run() throws Exception {
        System.out.println(Machine.describe());
        pin(ProcessHandle.current(), 1);
        try (LocalKafka kafka = LocalKafka.start();
                Simulator simulator = Simulator.start(new SimulatorOptions())) {
            kafka.createTopic(TOPIC, PARTITIONS);
            kafka.createTopic(LETTERS, 1);
            Fleet fleet = Fleet.of(simulator, "d", DEVICES);
            produce(kafka, fleet);
            Relays relays = Relays.of(kafka, simulator, TOPIC)
                    .withPropertiesRoute(TOPIC)
                    .withDevicesOfSimulator()
                    .with("relay.quota.authentications-per-second", "0");
            List<String> jvm = new ArrayList<>(List.of(options.jvm("-Xmx512m,-XX:+UseSerialGC")));
            jvm.add("-XX:ActiveProcessorCount=1");
            try (RelayProcess relay = relays.startProcess(jvm.toArray(String[]::new))) {
                pin(relay.handle(), 0);
                int port = relay.awaitPort();
                Actuator actuator = Actuator.at(port);
                LockSupport.parkNanos(WARM_UP.toNanos());
                for (int round = 0; round < options.number("phases", 3); round++) {
                    measure("alone", relay, actuator, () -> {});
                    measure("watched", relay, actuator, watched(port));
                }
                measure("alone", relay, actuator, () -> {});
                System.out.printf(Locale.ROOT, "peak memory of the relay %d MiB%n", Memory.peak(relay.handle()));
            }
        }
    }

    private void measure(String name, RelayProcess relay, Actuator actuator, AutoCloseable load) throws Exception {
        long eventsBefore = events.get();
        long scannedBefore = scanned.get();
        LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
        At begin = at(relay, actuator);
        LockSupport.parkNanos(phase.toNanos());
        At end = at(relay, actuator);
        load.close();
        double seconds = (end.nanos - begin.nanos) / 1e9;
        double delivered = end.delivered - begin.delivered;
        Map<String, Object> figure = new LinkedHashMap<>();
        figure.put("phase", name);
        figure.put("recordsPerSecond", Math.round(delivered / seconds));
        if (delivered > 0) {
            figure.put("cpuMicrosPerRecord", Math.round(end.cpu.minus(begin.cpu).toNanos() / 10.0 / delivered) / 100.0);
        }
        figure.put("cpuShare", Math.round(end.cpu.minus(begin.cpu).toNanos() / 1e7 / seconds) / 100.0);
        figure.put("events", events.get() - eventsBefore);
        figure.put("lettersScanned", scanned.get() - scannedBefore);
        figure.put("scansFinished", scans.get());
        figure.put("residentMebibytes", Memory.resident(relay.handle()));
        System.out.println(figure);
        results.add(figure);
    }

    private static At at(RelayProcess relay, Actuator actuator) {
        return new At(
                Actuator.sum(actuator.metrics(), "relay_records_delivered_total"),
                Machine.cpuTime(relay.handle()),
                System.nanoTime());
    }

    /** Opens the pages and begins to search. */
    private AutoCloseable watched(int port) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<HttpClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < pages; i++) {
            if (i % PER_ADDRESS == 0) {
                clients.add(HttpClient.newBuilder()
                        .localAddress(InetAddress.ofLiteral("127.0.0." + (2 + i / PER_ADDRESS)))
                        .build());
            }
            HttpClient client = clients.getLast();
            threads.add(Thread.ofPlatform().daemon().start(() -> read(client, port, over)));
        }
        if (!options.text("search", "yes").equals("no")) {
            HttpClient searching = HttpClient.newHttpClient();
            clients.add(searching);
            threads.add(Thread.ofPlatform().daemon().start(() -> search(searching, port, over)));
        }
        return () -> {
            over.set(true);
            clients.forEach(HttpClient::shutdownNow);
            threads.forEach(Thread::interrupt);
        };
    }

    private void read(HttpClient client, int port, AtomicBoolean over) {
        try {
            HttpResponse<InputStream> answer =
                    client.send(request(port, "/desk/events"), HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("a page got HTTP " + answer.statusCode());
            }
            InputStream stream = answer.body();
            byte[] buffer = new byte[65_536];
            for (int n = stream.read(buffer); n >= 0 && !over.get(); n = stream.read(buffer)) {
                events.incrementAndGet();
            }
        } catch (IOException e) {
            if (!over.get()) {
                throw new UncheckedIOException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All letters of a device that has none: each page of the answer says where the next one begins. */
    private void search(HttpClient client, int port, AtomicBoolean over) {
        String path = "/actuator/deadletters?device=nobody";
        String next = path;
        try {
            while (!over.get()) {
                String body = client.send(request(port, next), HttpResponse.BodyHandlers.ofString())
                        .body();
                var answer = JsonMapper.shared().readTree(body);
                scanned.addAndGet(answer.path("scanned").asInt());
                boolean more = answer.path("more").asBoolean();
                if (!more) {
                    scans.incrementAndGet();
                }
                next = more ? path + "&before=" + answer.path("before").asString("") : path;
            }
        } catch (IOException e) {
            if (!over.get()) {
                throw new UncheckedIOException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static HttpRequest request(int port, String path) {
        byte[] login = "operator:password-of-the-operator".getBytes(StandardCharsets.UTF_8);
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login))
                .build();
    }

    private void produce(LocalKafka kafka, Fleet fleet) {
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (int i = 0; i < letters; i++) {
                Future<?> unused = producer.send(letter(i));
            }
            for (int i = 0; i < records; i++) {
                fleet.produce(producer, TOPIC, fleet.devices().get(i % DEVICES));
            }
        }
        System.out.printf(Locale.ROOT, "%d letters and %d records were produced%n", letters, records);
    }

    private static ProducerRecord<byte[], byte[]> letter(int i) {
        String device = "lost-" + i % 500;
        RecordHeaders headers = new RecordHeaders();
        Map.of(
                        "kafka_dlt-original-topic",
                        TOPIC,
                        "kafka_dlt-original-consumer-group",
                        TOPIC,
                        "iotda-relay-reason",
                        "unknown-device",
                        "iotda-relay-detail",
                        "the directory does not know the device, or its gateway: " + device,
                        "iotda-relay-route",
                        "properties",
                        "iotda-relay-device-id",
                        device,
                        "iotda-relay-failed-at",
                        "2026-12-01T03:00:00Z",
                        "iotda-relay-redrives",
                        "0")
                .forEach((name, value) -> headers.add(new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8))));
        String value = "{\"device_id\":\"" + device + "\",\"ts\":" + (1_767_225_600_000L + i)
                + ",\"payload\":{\"temp\":21.5,\"dv\":2301,\"state\":\"on\"}}";
        return new ProducerRecord<>(
                LETTERS, 0, device.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Moves a process, with all its threads and those to come, to a core. */
    private static void pin(ProcessHandle process, int core) throws IOException, InterruptedException {
        Process moving = new ProcessBuilder(
                        "taskset", "-a", "-p", "-c", Integer.toString(core), Long.toString(process.pid()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (moving.waitFor() != 0) {
            throw new IllegalStateException("there is no core " + core);
        }
    }
}

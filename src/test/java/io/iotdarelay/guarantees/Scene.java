package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.Relays;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/** A broker, a simulator, a topic, and relays between them: what most promises are tested on. Closing it stops everything. */
final class Scene implements AutoCloseable {

    private final String name;
    private final LocalKafka kafka = LocalKafka.shared();
    private final Simulator simulator;
    private final Relays relays;
    private final Producer<byte[], byte[]> producer = kafka.producer();
    private final List<AutoCloseable> running = new ArrayList<>();

    private Scene(String name, int partitions, SimulatorOptions options) {
        this.name = name;
        this.simulator = Simulator.start(options);
        this.relays = Relays.of(kafka, simulator, name).withPropertiesRoute(name);
        kafka.createTopic(name, partitions);
        kafka.createTopic(name + ".dlt", 1);
    }

    /** The name is the topic's and the group's. */
    static Scene of(String name, int partitions) {
        return new Scene(name, partitions, new SimulatorOptions());
    }

    static Scene of(String name, int partitions, SimulatorOptions options) {
        return new Scene(name, partitions, options);
    }

    LocalKafka kafka() {
        return kafka;
    }

    Simulator simulator() {
        return simulator;
    }

    Relays relays() {
        return relays;
    }

    Producer<byte[], byte[]> producer() {
        return producer;
    }

    /** Produces a record; {@link #flush()} waits until Kafka has it. */
    void send(ProducerRecord<byte[], byte[]> record) {
        Future<?> unused = producer.send(record);
    }

    /** Produces a record of text to the scene's topic. */
    void send(@Nullable String key, @Nullable String value) {
        send(new ProducerRecord<>(name, bytes(key), bytes(value)));
    }

    void flush() {
        producer.flush();
    }

    static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    String topic() {
        return name;
    }

    /** A device that the simulator knows, directly connected. */
    void register(String device) {
        simulator.register(SimulatedDevice.direct(device, Fleet.secretOf(device)));
    }

    /** Devices that the simulator and the directory know. */
    Fleet fleet(int devices) {
        Fleet fleet = Fleet.of(simulator, name, devices);
        relays.withDevicesOfSimulator();
        return fleet;
    }

    /** Starts a relay in this process. */
    ConfigurableApplicationContext start() {
        ConfigurableApplicationContext relay = relays.start();
        running.add(relay);
        return relay;
    }

    /** Starts a relay in a process of its own. */
    RelayProcess startProcess() {
        RelayProcess relay = relays.startProcess();
        running.add(relay);
        return relay;
    }

    /** Starts the jar that is shipped: with what is in it, and without what is there for tests. */
    RelayProcess startJar() {
        RelayProcess relay =
                RelayProcess.startJar(Path.of("target/iotda-relay.jar"), RelayProcess.SMALL, relays.arguments());
        running.add(relay);
        return relay;
    }

    long deadLetters() {
        return kafka.count(name + ".dlt");
    }

    /** The dead letters about one device, in order. */
    List<DeadLetter> deadLettersOf(String device) {
        return DeadLetter.all(kafka, name + ".dlt").stream()
                .filter(letter -> device.equals(letter.text("iotda-relay-device-id")))
                .toList();
    }

    /** The property {@code n} of each report about a device that was accepted, in order. */
    List<Integer> arrived(String device) {
        return simulator.ledger().accepted(device).stream()
                .map(report -> report.content().path("n").asInt(-1))
                .toList();
    }

    /** Waits until each record of a fleet has arrived, and nothing else of its devices: in order, and once. */
    void awaitEachOnce(Fleet fleet, Duration atMost) {
        await().atMost(atMost)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> fleet.produced()
                        .forEach((device, count) -> assertThat(arrived(device))
                                .as(device)
                                .isEqualTo(IntStream.range(0, count).boxed().toList())));
    }

    /** The requests of one kind that a device sent, in order. */
    List<Ledger.Request> requests(Api api, String device) {
        return simulator.ledger().requests(api).stream()
                .filter(request -> request.device().equals(device))
                .toList();
    }

    Audit audit(Fleet fleet) {
        return Audit.of(fleet, simulator.ledger());
    }

    /** Waits until every record of the fleet has arrived, and the group has committed all of them. */
    Audit settled(Fleet fleet, Duration atMost) {
        await().atMost(atMost)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> simulator.ledger().acceptedCount() >= fleet.total());
        await().atMost(atMost)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(audit(fleet).lost()).isEmpty());
        await().atMost(atMost)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(kafka.lag(name, name)).isZero());
        return audit(fleet);
    }

    /** Nothing was lost, nothing came in the wrong order, nothing under a false name. */
    static void assertDeliveredInOrder(Audit audit) {
        assertThat(audit.lost()).as("lost").isEmpty();
        assertThat(audit.outOfOrder()).as("out of order").isEmpty();
        assertThat(audit.foreign()).as("foreign").isEmpty();
    }

    /** The same, and nothing came twice. */
    static void assertDeliveredOnce(Audit audit) {
        assertDeliveredInOrder(audit);
        assertThat(audit.duplicates()).as("duplicates").isEmpty();
    }

    @Override
    public void close() throws Exception {
        producer.close(Duration.ofSeconds(5));
        for (AutoCloseable relay : running.reversed()) {
            relay.close();
        }
        simulator.close();
    }
}

package io.iotdarelay.chaos;

import io.iotdarelay.JumpyRelay;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.Ports;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.Relays;
import io.iotdarelay.testing.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Everything that can be disturbed. Belongs to the thread that disturbs. */
final class World implements AutoCloseable {

    static final String TOPIC = "chaos";
    static final String DEAD_LETTERS = "chaos.dlt";
    static final int MOST_RELAYS = 4;

    /** Whose records may be deleted before they are read. */
    static final String GAPS = "chaos.gaps";

    static final String GAPS_DEVICE = "gaps";

    /** What one relay may have begun and not settled. */
    static final int IN_FLIGHT = 500;

    private static final int PARTITIONS = 6;
    private static final Duration STOP_WITHIN = Duration.ofSeconds(40);

    private final TcpProxy network = TcpProxy.open();
    private final LocalKafka kafka = LocalKafka.behind(network);
    private final Simulator simulator = Simulator.start(new SimulatorOptions().port(Ports.free()));
    private final Relays relays = Relays.of(kafka, simulator, TOPIC);
    private final List<RelayProcess> running = new ArrayList<>();
    private final List<RelayProcess> ended = new ArrayList<>();
    private final Traffic traffic;
    private final RandomGenerator dice;
    private final boolean sparesTheFirst;

    /**
     * A world at peace.
     *
     * @param sparesTheFirst whether the first relay lives until the end, so that its memory can be watched
     */
    World(RandomGenerator dice, boolean sparesTheFirst) {
        this.dice = dice;
        this.sparesTheFirst = sparesTheFirst;
        kafka.createTopic(TOPIC, PARTITIONS);
        kafka.createTopic(DEAD_LETTERS, 1);
        kafka.createTopic(GAPS, 1);
        traffic = new Traffic(kafka, simulator, PARTITIONS, dice.nextLong());
        relays.withPropertiesRoute(TOPIC)
                .withPropertiesRoute(1, "gaps", GAPS)
                .with("relay.routes[0].services[0].properties.device", "key")
                .with("spring.kafka.bootstrap-servers", "127.0.0.1:" + network.port())
                .with("spring.kafka.consumer.properties.session.timeout.ms", "6000")
                .with("spring.kafka.consumer.properties.heartbeat.interval.ms", "1000")
                .with("spring.kafka.consumer.properties.metadata.max.age.ms", "2000")
                .with("relay.source.max-in-flight-records", String.valueOf(IN_FLIGHT))
                .with("relay.iotda.response-timeout", "4s")
                .with("relay.quarantine.probe-after", "2s")
                .withDevicesOfSimulator();
    }

    Simulator simulator() {
        return simulator;
    }

    LocalKafka kafka() {
        return kafka;
    }

    TcpProxy network() {
        return network;
    }

    Traffic traffic() {
        return traffic;
    }

    List<RelayProcess> running() {
        return List.copyOf(running);
    }

    /** All that ever ran, those that have ended too. */
    List<RelayProcess> everyRelay() {
        List<RelayProcess> all = new ArrayList<>(ended);
        all.addAll(running);
        return all;
    }

    /** One of the relays that may die. */
    RelayProcess victim() {
        int first = sparesTheFirst && running.size() > 1 ? 1 : 0;
        return running.get(first + dice.nextInt(running.size() - first));
    }

    /** Whether any relay may die. */
    boolean hasVictim() {
        return !sparesTheFirst || running.size() > 1;
    }

    void startRelay() {
        RelayProcess relay = relays.startProcess(JumpyRelay.class);
        running.add(relay);
        relay.awaitPort();
    }

    void kill(RelayProcess relay) {
        relay.kill();
        gone(relay);
    }

    void terminate(RelayProcess relay) {
        relay.terminate();
        int code = relay.exitCode(STOP_WITHIN);
        gone(relay);
        if (code != 0) {
            throw new IllegalStateException("SIGTERM ended a relay with exit code " + code);
        }
    }

    void scaleTo(int count) {
        while (running.size() < count) {
            startRelay();
        }
        while (running.size() > count) {
            terminate(running.getLast());
        }
    }

    /** The directory as of now, in a file that is replaced at one stroke. */
    void reloadDirectory() {
        relays.withDevicesOfSimulator();
    }

    Actuator actuator(RelayProcess relay) {
        return Actuator.at(relay.port());
    }

    private void gone(RelayProcess relay) {
        running.remove(relay);
        ended.add(relay);
    }

    @Override
    public void close() {
        traffic.close();
        running.forEach(RelayProcess::close);
        simulator.close();
        kafka.close();
        network.close();
    }
}

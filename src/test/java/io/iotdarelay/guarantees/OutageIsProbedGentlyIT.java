package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Fleet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * While the platform is down the breaker is open, all partitions are paused, and a few requests probe; nothing becomes a dead letter,
 * and when the platform is back everything continues in order.
 */
class OutageIsProbedGentlyIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int PARTITIONS = 3;
    private static final int DEVICES = 60;

    /** Fewer than half of them. */
    private static final int BUSY = 25;

    /** In each half-open period; periods last a second here. */
    private static final int PROBES = 3;

    private static Scene scene;
    private static Fleet fleet;
    private static Actuator actuator;

    @BeforeAll
    static void start() {
        scene = Scene.of("probed", PARTITIONS);
        fleet = scene.fleet(DEVICES);
        scene.relays()
                .withShortBackoff()
                .with("relay.iotda.response-timeout", "1s")
                .with("relay.iotda.connect-timeout", "1s")
                .with("resilience4j.circuitbreaker.instances.iotda.wait-duration-in-open-state", "1s")
                .with("resilience4j.circuitbreaker.instances.device-auth.wait-duration-in-open-state", "1s");
        actuator = Actuator.of(scene.start());
    }

    @AfterAll
    static void stop() throws Exception {
        scene.close();
    }

    @AfterEach
    void clear() {
        scene.simulator().faults().clear();
    }

    @Test
    void outageOfReportsIsProbedByAFewRequests() {
        // Given
        deliver();
        scene.simulator().faults().inject(Faults.reports(), new Fault.Answer(Reply.html(503)));

        // When
        fleet.produceForEach(scene.producer(), scene.topic(), 3);
        awaitOutage();

        // Then
        assertProbedGently();
        scene.simulator().faults().clear();
        assertContinues();
    }

    @Test
    void outageOfAuthenticationIsProbedByAFewRequests() {
        // Given
        deliver();
        scene.simulator().faults().inject(Faults.api(Api.DEVICE_AUTH), new Fault.Answer(Reply.html(500)));
        scene.simulator().revokeAllTokens();

        // When
        fleet.produceForEach(scene.producer(), scene.topic(), 3);
        awaitOutage();

        // Then
        assertProbedGently();
        scene.simulator().faults().clear();
        assertContinues();
    }

    /** The others were well when they were last heard of: they may belong to another instance by now. */
    @Test
    void outageIsNoticedThoughMostDevicesSendNothing() {
        // Given
        deliver();
        scene.simulator().faults().inject(Faults.reports(), new Fault.Answer(Reply.html(503)));

        // When
        fleet.devices().subList(0, BUSY).forEach(device -> fleet.produce(scene.producer(), scene.topic(), device));
        awaitOutage();

        // Then
        assertProbedGently();
        scene.simulator().faults().clear();
        assertContinues();
    }

    @Test
    void handshakeThatHangsIsAnOutage() throws Exception {
        // Given
        deliver();
        scene.simulator().refuseConnections();
        List<Socket> hanging = new CopyOnWriteArrayList<>();
        try (ServerSocket mute = new ServerSocket(
                URI.create(scene.simulator().endpoint()).getPort(), 100, InetAddress.getLoopbackAddress())) {
            Thread acceptor = Thread.ofVirtual().start(() -> accept(mute, hanging));

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            awaitOutage();

            // Then
            assertThat(hanging).isNotEmpty();
            mute.close();
            acceptor.join();
        }
        for (Socket socket : hanging) {
            socket.close();
        }
        scene.simulator().acceptConnections();
        assertContinues();
    }

    private static void deliver() {
        fleet.produceForEach(scene.producer(), scene.topic(), 1);
        Audit unused = scene.settled(fleet, SOON);
    }

    private static void awaitOutage() {
        await().atMost(SOON).until(() -> actuator.status("iotda").equals("OUT_OF_SERVICE"));
        await().atMost(SOON).until(() -> actuator.pausedPartitions("breaker-open") == PARTITIONS);
        assertThat(actuator.status("readiness")).isEqualTo("UP");
    }

    private static void assertProbedGently() {
        long began = System.nanoTime();
        long before = scene.simulator().ledger().requestCount();
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> scene.simulator().ledger().requestCount() >= before + 2 * PROBES);
        long requests = scene.simulator().ledger().requestCount() - before;
        long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        assertThat(requests).isLessThanOrEqualTo(PROBES * (seconds + 2));
    }

    private static void assertContinues() {
        Scene.assertDeliveredOnce(scene.settled(fleet, SOON));
        assertThat(scene.deadLetters()).isZero();
        await().atMost(SOON).until(() -> actuator.status("iotda").equals("UP"));
    }

    private static void accept(ServerSocket server, List<Socket> accepted) {
        try {
            while (true) {
                accepted.add(server.accept());
            }
        } catch (IOException e) {
            // closed
        }
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Impostor;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Authority;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.MountedSecret;
import io.iotdarelay.testing.RelayProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A relay that cannot reach the platform, or is not shown a certificate it trusts, neither joins the group nor becomes ready: a
 * roll-out stops before a working pod has lost a partition. It reports what it waits for, and continues by itself.
 */
@Execution(ExecutionMode.CONCURRENT)
class PlatformIsReachedBeforeTheGroupIsJoinedIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    /** The pause between two attempts is at most this long. */
    private static final Duration AFTER_A_RETRY = Duration.ofSeconds(60);

    /** How long it is watched that nothing happens: several heartbeats and rebalances would fit in. */
    private static final Duration WATCHED = Duration.ofSeconds(5);

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);
    private static final int PARTITIONS = 4;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void mistypedEndpointTakesNoPartitionFromAWorkingRelay() throws Exception {
        try (Scene scene = Scene.of("reached-mistyped", PARTITIONS)) {
            // Given
            Fleet fleet = scene.fleet(20);
            scene.start();
            fleet.produceForEach(scene.producer(), scene.topic(), 1);
            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));
            List<MemberDescription> before = members(scene);
            assertThat(before)
                    .singleElement()
                    .satisfies(member -> assertThat(partitions(member)).isEqualTo(PARTITIONS));

            // When
            scene.relays().with("relay.iotda.endpoint", "https://no-such-host.invalid");
            RelayProcess mistyped = scene.startJar();
            Actuator actuator = Actuator.at(mistyped.awaitPort()).asOperator();
            awaitWaiting(actuator, "cannot resolve no-such-host.invalid");
            fleet.produceForEach(scene.producer(), scene.topic(), 1);

            // Then
            await().atMost(SOON).during(WATCHED).until(() -> members(scene).equals(before));
            assertWaiting(actuator, "OUT_OF_SERVICE");
            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));
            assertThat(mistyped.output().stream().filter(line -> line.contains("no-such-host.invalid")))
                    .as("lines about it")
                    .hasSize(1);
            awaitStarted(mistyped);
            mistyped.terminate();
            assertThat(mistyped.exitCode(STOPS_WITHIN)).isZero();
            assertThat(members(scene)).isEqualTo(before);
        }
    }

    @Test
    void relayThatTrustsAnotherAuthorityTakesNoPartitionUntilItsTrustIsRenewed() throws Exception {
        try (Scene scene = Scene.of("reached-trust", PARTITIONS)) {
            // Given
            Fleet fleet = scene.fleet(20);
            scene.start();
            fleet.produceForEach(scene.producer(), scene.topic(), 1);
            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));
            List<MemberDescription> before = members(scene);
            MountedSecret secret = new MountedSecret(directory.resolve("iotda"));
            secret.write(Map.of("ca.crt", Authority.create().pem()));

            // When
            scene.relays()
                    .with("spring.ssl.bundle.watch.file.quiet-period", "100ms")
                    .with("spring.ssl.bundle.pem.iotda.reload-on-update", "true")
                    .with("spring.ssl.bundle.pem.iotda.truststore.certificate", secret.location("ca.crt"));
            Actuator actuator = Actuator.of(scene.start()).asOperator();
            awaitWaiting(actuator, "is not signed by a trusted authority");

            // Then
            await().atMost(SOON).during(WATCHED).until(() -> members(scene).equals(before));
            assertWaiting(actuator, "DOWN");
            secret.write(Map.of("ca.crt", scene.simulator().certificateAuthority()));
            await().atMost(AFTER_A_RETRY)
                    .until(() -> actuator.status("readiness").equals("UP"));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(members(scene))
                            .extracting(PlatformIsReachedBeforeTheGroupIsJoinedIT::partitions)
                            .containsExactly(PARTITIONS / 2, PARTITIONS / 2));
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));
        }
    }

    static Stream<Arguments> impediments() {
        return Stream.of(
                impediment(
                        "another-host",
                        Simulator::presentCertificateOfAnotherHost,
                        "the certificate is for another host",
                        "DOWN"),
                impediment(
                        "untrusted",
                        Simulator::presentUntrustedCertificate,
                        "is not signed by a trusted authority",
                        "DOWN"),
                impediment("expired", Simulator::presentExpiredCertificate, "the certificate has expired", "DOWN"),
                impediment("refused", Simulator::refuseConnections, "Connection refused", "OUT_OF_SERVICE"));
    }

    private static Arguments impediment(String name, Consumer<Simulator> begin, String reason, String status) {
        return Arguments.of(name, begin, reason, status);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("impediments")
    void waitsOutsideTheGroupAndContinuesWhenItIsOver(
            String name, Consumer<Simulator> begin, String reason, String status) throws Exception {
        try (Scene scene = Scene.of("reached-" + name, PARTITIONS)) {
            // Given
            Fleet fleet = scene.fleet(20);
            begin.accept(scene.simulator());
            fleet.produceForEach(scene.producer(), scene.topic(), 3);

            // When
            Actuator actuator = Actuator.of(scene.start()).asOperator();
            awaitWaiting(actuator, reason);

            // Then
            await().atMost(SOON).during(WATCHED).until(() -> members(scene).isEmpty());
            assertWaiting(actuator, status);
            assertThat(scene.simulator().ledger().requestCount()).isZero();
            scene.simulator().presentValidCertificate();
            await().atMost(AFTER_A_RETRY)
                    .until(() -> actuator.status("readiness").equals("UP"));
            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));
            assertThat(actuator.status("iotda")).isEqualTo("UP");
            assertThat(scene.deadLetters()).isZero();

            // A later outage does not make it unready.
            scene.simulator().refuseConnections();
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            await().atMost(SOON).until(() -> actuator.status("iotda").equals("OUT_OF_SERVICE"));
            assertThat(actuator.status("readiness")).isEqualTo("UP");
            assertThat(members(scene)).hasSize(1);
        }
    }

    @Test
    void saysThatAPortDoesNotSpeakTls() throws Exception {
        try (Scene scene = Scene.of("reached-plain", 1);
                Impostor plain = Impostor.inTheClear("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")) {
            // Given
            scene.fleet(1);
            scene.relays().with("relay.iotda.endpoint", plain.endpoint());

            // When
            Actuator actuator = Actuator.of(scene.start()).asOperator();

            // Then
            awaitWaiting(actuator, "the server does not speak TLS");
            assertWaiting(actuator, "DOWN");
            assertThat(members(scene)).isEmpty();
        }
    }

    @Test
    void stopsAtOnceWhileAHandshakeHangs() throws Exception {
        try (Scene scene = Scene.of("reached-mute", 1)) {
            // Given
            scene.fleet(1);
            int port = URI.create(scene.simulator().endpoint()).getPort();
            scene.simulator().refuseConnections();
            try (ServerSocket mute = new ServerSocket(port, 100, InetAddress.getLoopbackAddress())) {
                RelayProcess relay = scene.startJar();
                Actuator actuator = Actuator.at(relay.awaitPort()).asOperator();
                awaitWaiting(actuator, "");
                awaitStarted(relay);

                // When
                relay.terminate();

                // Then
                assertThat(mute.isBound()).isTrue();
                assertThat(relay.exitCode(STOPS_WITHIN)).isZero();
            }
        }
    }

    @Test
    void isReadyWithoutDelayWhereThePlatformIsThere() throws Exception {
        try (Scene scene = Scene.of("reached-healthy", PARTITIONS)) {
            // Given
            Fleet fleet = scene.fleet(20);

            // When
            ConfigurableApplicationContext relay = scene.start();
            Actuator actuator = Actuator.of(relay).asOperator();
            await().atMost(SOON).until(() -> actuator.status("readiness").equals("UP"));

            // Then
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));
            assertThat(scene.simulator().ledger().requestCount())
                    .as("requests: an authentication each, and reports")
                    .isBetween(40L, 80L);
        }
    }

    private static void awaitWaiting(Actuator actuator, String reason) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(reason(actuator, "source"))
                        .startsWith("waiting for the platform: ")
                        .contains(reason));
    }

    /** Before, an end is not a clean one. */
    private static void awaitStarted(RelayProcess relay) {
        await().atMost(SOON)
                .until(() -> relay.output().stream().anyMatch(line -> line.contains("Started RelayApplication")));
    }

    private static void assertWaiting(Actuator actuator, String iotda) {
        assertThat(actuator.status("readiness")).isEqualTo("OUT_OF_SERVICE");
        assertThat(actuator.status("liveness")).isEqualTo("UP");
        assertThat(actuator.status("source")).isEqualTo("DOWN");
        assertThat(actuator.status("iotda")).isEqualTo(iotda);
        assertThat(reason(actuator, "iotda")).startsWith("waiting for the platform: ");
        assertThat(reason(actuator, "readinessState")).startsWith("waiting for the platform: ");
    }

    private static String reason(Actuator actuator, String component) {
        return actuator.json("/health/" + component).at("/details/reason").asString("");
    }

    private static List<MemberDescription> members(Scene scene) {
        return scene.kafka().administer(admin -> members(admin, scene.topic()));
    }

    /** A group that nobody has joined yet is not there. */
    private static List<MemberDescription> members(Admin admin, String group)
            throws ExecutionException, InterruptedException {
        try {
            return List.copyOf(admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                    .flatMap(described -> described.members().stream())
                    .toList());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of();
            }
            throw e;
        }
    }

    private static int partitions(MemberDescription member) {
        return member.assignment().topicPartitions().size();
    }
}

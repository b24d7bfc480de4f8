package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalProxy;
import io.iotdarelay.testing.LocalProxy.Kind;
import io.iotdarelay.testing.MountedSecret;
import io.iotdarelay.testing.Ports;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.TcpProxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The platform can be reached through a proxy only. What the proxy does is never a device's fault: records wait in Kafka, in order,
 * and health names the proxy.
 */
@Execution(ExecutionMode.CONCURRENT)
class PlatformBehindAProxyIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration AFTER_A_PROBE = Duration.ofSeconds(60);
    private static final int DEVICES = 20;
    private static final String USER = "relay";
    private static final String PASSWORD = "passwordOfTheProxy";

    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest
    @EnumSource
    void recordsArriveAndTheProxySeesNoneOfThem(Kind kind) throws Exception {
        try (LocalProxy proxy = LocalProxy.start(kind);
                TcpProxy wire = TcpProxy.open().forwardTo(proxy.port()).remember();
                Scene scene = scene("proxied-" + kind, kind, wire.port())) {
            // Given
            Fleet fleet = scene.fleet(DEVICES);
            scene.start();

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));

            // Then
            assertThat(wire.seen())
                    .isNotEmpty()
                    .doesNotContain(
                            "access_token", "device_id", "/v5/", fleet.devices().getFirst());
            assertThat(proxy.log().contains("CONNECT")).isEqualTo(kind == Kind.HTTP);
        }
    }

    @ParameterizedTest
    @EnumSource
    void stopsWithoutHarmAndComesBack(Kind kind) throws Exception {
        try (LocalProxy proxy = LocalProxy.start(kind);
                Scene scene = scene("proxy-away-" + kind, kind, proxy.port())) {
            // Given
            Fleet fleet = scene.fleet(DEVICES);
            ConfigurableApplicationContext relay = scene.start();
            Actuator actuator = Actuator.of(relay).asOperator();
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));

            // When
            proxy.stop();
            fleet.produceForEach(scene.producer(), scene.topic(), 10);
            await().atMost(SOON).until(() -> actuator.status("iotda").equals("OUT_OF_SERVICE"));
            assertThat(reason(actuator)).contains("the proxy 127.0.0.1:" + proxy.port() + " cannot be reached");
            assertThat(actuator.status("readiness")).isEqualTo("UP");
            proxy.restart();

            // Then
            Scene.assertDeliveredInOrder(scene.settled(fleet, AFTER_A_PROBE));
            assertThat(scene.deadLetters()).isZero();
            await().atMost(SOON).until(() -> actuator.status("iotda").equals("UP"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongCredentialsAreAMistakeThatAFileMends(Kind kind) throws Exception {
        MountedSecret secret = new MountedSecret(directory.resolve("proxy"));
        secret.write(Map.of("username", USER, "password", "wrong"));
        try (LocalProxy proxy = LocalProxy.start(kind, USER, PASSWORD);
                Scene scene = scene("proxy-password-" + kind, kind, proxy.port())) {
            // Given
            Fleet fleet = scene.fleet(DEVICES);
            scene.relays()
                    .with("relay.iotda.proxy.username-file", secret.location("username"))
                    .with("relay.iotda.proxy.password-file", secret.location("password"));
            RelayProcess relay = scene.startProcess();
            Actuator actuator = Actuator.at(relay.awaitPort()).asOperator();
            String told = "the proxy 127.0.0.1:" + proxy.port() + " refuses the relay's credentials";

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            await().atMost(SOON).until(() -> reason(actuator).startsWith("waiting for the platform: " + told));
            assertThat(actuator.status("iotda")).isEqualTo("DOWN");
            assertThat(actuator.status("readiness")).isEqualTo("OUT_OF_SERVICE");
            secret.write(Map.of("username", USER, "password", PASSWORD));
            Scene.assertDeliveredOnce(scene.settled(fleet, AFTER_A_PROBE));

            // When
            proxy.demand(USER, "renewed");
            fleet.produceForEach(scene.producer(), scene.topic(), 10);
            await().atMost(SOON).until(() -> reason(actuator).contains(told));
            assertThat(actuator.status("iotda")).isEqualTo("DOWN");
            secret.write(Map.of("username", USER, "password", "renewed"));

            // Then
            Scene.assertDeliveredInOrder(scene.settled(fleet, AFTER_A_PROBE));
            assertThat(scene.deadLetters()).isZero();
            await().atMost(SOON).until(() -> actuator.status("iotda").equals("UP"));
            assertThat(relay.output())
                    .anyMatch(line -> line.contains("The platform cannot be reached yet") && line.contains(told))
                    .anyMatch(line -> line.contains("The configuration seems to be wrong") && line.contains(told))
                    .noneMatch(line -> line.contains(PASSWORD) || line.contains("renewed"));
        }
    }

    @Test
    void theProxyIsLeftOutWhereTheConfigurationSaysSo() throws Exception {
        try (Scene scene = scene("proxy-left-out", Kind.HTTP, Ports.free())) {
            // Given
            Fleet fleet = scene.fleet(DEVICES);
            scene.relays().with("relay.iotda.proxy.no-proxy", ".example.com,127.0.0.1");
            scene.start();

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), 2);

            // Then
            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));
        }
    }

    /** The platform by its address: microsocks takes the first address of a name, whatever listens there. */
    private static Scene scene(String name, Kind kind, int proxy) {
        Scene scene = Scene.of(name.toLowerCase(Locale.ROOT), 3);
        int port = URI.create(scene.simulator().endpoint()).getPort();
        scene.relays()
                .with("relay.iotda.endpoint", "https://127.0.0.1:" + port)
                .with("relay.iotda.proxy.type", kind.name().toLowerCase(Locale.ROOT))
                .with("relay.iotda.proxy.host", "127.0.0.1")
                .with("relay.iotda.proxy.port", Integer.toString(proxy));
        return scene;
    }

    private static String reason(Actuator actuator) {
        return actuator.json("/health/iotda").at("/details/reason").asString("");
    }
}

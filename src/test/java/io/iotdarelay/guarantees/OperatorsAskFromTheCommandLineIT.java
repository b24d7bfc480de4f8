package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.client.ClientRun;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The commands that ask a running relay understand one. */
class OperatorsAskFromTheCommandLineIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String PASSWORD = "password-of-the-operator";

    private static Scene scene;
    private static String url;

    @BeforeAll
    static void start() {
        scene = Scene.of("asked", 1);
        scene.register("wrong-secret");
        scene.fleet(1);
        url = "http://localhost:" + Actuator.of(scene.start()).port();
    }

    @AfterAll
    static void stop() throws Exception {
        scene.close();
    }

    private static ClientRun asOperator(String... arguments) {
        return ClientRun.Place.quiet()
                .with("IOTDA_RELAY_URL", url)
                .with("OPERATOR_PASSWORD", PASSWORD)
                .run(arguments);
    }

    @Test
    void quarantineNamesADeviceThatIsSetAside() {
        // Given
        assertThat(asOperator("quarantine").exitCode()).isZero();
        scene.simulator().register(SimulatedDevice.direct("wrong-secret", "another-secret"));

        // When
        scene.send(new ProducerRecord<>(scene.topic(), Scene.bytes("wrong-secret"), Scene.bytes("{\"n\":0}")));
        scene.flush();

        // Then
        await().atMost(SOON).until(() -> asOperator("quarantine").exitCode() == 1);
        ClientRun people = asOperator("quarantine");
        assertThat(people.lines()).hasSize(2);
        assertThat(people.lines().getLast()).startsWith("wrong-secret  device-rejected  IOTDA.");
        assertThat(JsonMapper.shared()
                        .readTree(asOperator("quarantine", "--json").out())
                        .path("count")
                        .asInt())
                .isOne();
    }

    @Test
    void routesCanBeStarted() {
        assertThat(asOperator("resume", "--stopped-route", "properties").out())
                .isEqualTo("Route properties: running\n");
        assertThat(asOperator("resume", "--stopped-route", "nothing").exitCode())
                .isEqualTo(5);
    }

    @Test
    void strangersLearnNothing() {
        ClientRun none = ClientRun.of("quarantine", "--url", url);
        ClientRun wrong = ClientRun.Place.quiet()
                .with("IOTDA_RELAY_PASSWORD", "wrong-" + PASSWORD)
                .run("quarantine", "--url", url, "--json");

        assertThat(List.of(none.exitCode(), wrong.exitCode())).containsExactly(4, 4);
        assertThat(none.out() + wrong.out()).isEmpty();
        assertThat(wrong.err()).doesNotContain(PASSWORD);
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A device whose credentials the platform refuses is set aside: its records are dead letters that can be redriven, it is tried
 * again later and later, and nobody else pays for it.
 */
class RefusedDeviceIsSetAsideIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration SECOND_WAIT = Duration.ofSeconds(2);

    private static Scene scene;
    private static Fleet good;
    private static Actuator actuator;

    @BeforeAll
    static void start() {
        scene = Scene.of("set-aside", 1);
        for (String device : List.of("wrong-secret", "shown", "patient", "frozen")) {
            scene.register(device);
        }
        good = scene.fleet(20);
        scene.relays().with("relay.quarantine.probe-after", "1s,2s");
        actuator = Actuator.of(scene.start());
    }

    @AfterAll
    static void stop() throws Exception {
        scene.close();
    }

    @Test
    void authenticationRefusedMakesDeadLettersOfThatDeviceAlone() {
        // Given
        changeSecret("wrong-secret", "another-secret");

        // When
        for (int i = 0; i < 5; i++) {
            scene.send(new ProducerRecord<>(
                    scene.topic(),
                    null,
                    Scene.bytes("wrong-secret"),
                    Scene.bytes("{\"n\":" + i + "}"),
                    List.of(new RecordHeader("trace", Scene.bytes("t" + i)))));
            good.produceForEach(scene.producer(), scene.topic(), 1);
        }
        scene.awaitEachOnce(good, SOON);
        await().atMost(SOON).until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0);

        // Then
        assertThat(scene.requests(Api.PROPERTIES, "wrong-secret")).isEmpty();
        List<DeadLetter> letters = scene.deadLettersOf("wrong-secret");
        assertThat(letters)
                .extracting(DeadLetter::value)
                .containsExactly("{\"n\":0}", "{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}");
        assertThat(letters).extracting(letter -> letter.text("trace")).containsExactly("t0", "t1", "t2", "t3", "t4");
        assertThat(letters).allSatisfy(letter -> {
            assertThat(letter.record().key()).isEqualTo(Scene.bytes("wrong-secret"));
            assertThat(letter.reason()).isEqualTo("device-rejected");
            assertThat(letter.text("iotda-relay-http-status")).isEqualTo("401");
            assertThat(letter.text("iotda-relay-error-code")).isEqualTo("IOTDA.000002");
            assertThat(letter.text("iotda-relay-route")).isEqualTo("properties");
            assertThat(letter.text("kafka_dlt-original-topic")).isEqualTo(scene.topic());
            assertThat(letter.record().headers().lastHeader("kafka_dlt-original-offset"))
                    .isNotNull();
        });
    }

    @Test
    void deviceThatIsSetAsideShowsInTheEndpointInHealthAndInMetrics() {
        // Given
        changeSecret("shown", "another-secret");
        Instant before = Instant.now();

        // When
        JsonNode shown = await().atMost(SOON)
                .until(
                        () -> {
                            scene.send("shown", "{\"n\":0}");
                            scene.flush();
                            return quarantined("shown");
                        },
                        Optional::isPresent)
                .orElseThrow();

        // Then
        JsonNode listing = actuator.asOperator().json("/quarantine");
        assertThat(listing.path("count").asInt()).isPositive();
        assertThat(shown.path("errorCode").asString()).isEqualTo("IOTDA.000002");
        assertThat(shown.path("refusals").asInt()).isPositive();
        Instant since = Instant.parse(shown.path("since").asString());
        assertThat(since).isAfter(before.minusSeconds(30));
        assertThat(Instant.parse(shown.path("nextProbe").asString())).isAfterOrEqualTo(since.plus(FIRST_WAIT));
        JsonNode health = actuator.asOperator().json("/health/iotda");
        assertThat(health.path("status").asString()).isEqualTo("UP");
        assertThat(health.path("details").path("quarantinedDevices").asInt()).isPositive();
        assertThat(actuator.metrics().get("relay_devices_quarantined")).isPositive();
    }

    @Test
    void refusedDeviceIsProbedLaterAndLaterUntilThePlatformAcceptsIt() {
        // Given
        changeSecret("patient", "not-yet");

        // When
        await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> {
            scene.send("patient", "{\"n\":0}");
            scene.flush();
            return scene.requests(Api.DEVICE_AUTH, "patient").size() >= 4;
        });
        List<Ledger.Request> refused = scene.requests(Api.DEVICE_AUTH, "patient");
        changeSecret("patient", "secret-of-patient");
        await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> {
            scene.send("patient", "{\"n\":1}");
            scene.flush();
            return scene.arrived("patient").contains(1);
        });

        // Then
        List<Duration> waits = IntStream.range(1, 4)
                .mapToObj(i ->
                        Duration.between(refused.get(i - 1).at(), refused.get(i).at()))
                .toList();
        assertThat(waits.getFirst()).isGreaterThanOrEqualTo(FIRST_WAIT);
        assertThat(waits.subList(1, waits.size()))
                .allSatisfy(wait -> assertThat(wait).isGreaterThanOrEqualTo(SECOND_WAIT));
        assertThat(quarantined("patient")).isEmpty();
    }

    @Test
    void deadLettersOfADeviceThatWasSetAsideCanBeRedriven() {
        // Given
        scene.send("frozen", "{\"n\":0}");
        scene.flush();
        await().atMost(SOON).until(() -> scene.arrived("frozen").equals(List.of(0)));
        scene.simulator().freeze("frozen");
        for (int i = 1; i <= 5; i++) {
            scene.send("frozen", "{\"n\":" + i + "}");
        }
        scene.flush();
        await().atMost(SOON).until(() -> scene.deadLettersOf("frozen").size() == 5);
        scene.simulator().unfreeze("frozen");
        await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> {
            scene.send("frozen", "{\"n\":6}");
            scene.flush();
            return scene.arrived("frozen").contains(6);
        });

        // When
        List<DeadLetter> letters = scene.deadLettersOf("frozen").subList(0, 5);
        letters.forEach(letter -> scene.send(letter.redriven()));
        scene.flush();

        // Then
        await().atMost(SOON).until(() -> scene.arrived("frozen").contains(5));
        assertThat(scene.arrived("frozen").stream().filter(n -> n != 6)).containsExactly(0, 1, 2, 3, 4, 5);
    }

    /** On the platform; the directory keeps what it had. */
    private static void changeSecret(String device, String secret) {
        scene.simulator().register(SimulatedDevice.direct(device, secret));
        scene.simulator().revokeTokens(device);
    }

    private static Optional<JsonNode> quarantined(String device) {
        return actuator.asOperator()
                .json("/quarantine")
                .path("devices")
                .valueStream()
                .filter(shown -> shown.path("deviceId").asString().equals(device))
                .findFirst();
    }
}

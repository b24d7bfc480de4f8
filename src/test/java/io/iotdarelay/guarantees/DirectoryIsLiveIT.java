package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.Fleet;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Changes of the directory take effect while the relay runs; a record that waits for it delays nothing else. */
class DirectoryIsLiveIT {

    private static final Duration SOON = Duration.ofSeconds(15);

    @Test
    void deliversToADeviceThatIsProvisionedWithinTheGrace() throws Exception {
        try (Scene scene = Scene.of("provisioned", 1)) {
            // Given
            Fleet fleet = scene.fleet(10);
            scene.simulator().register(SimulatedDevice.direct("late", "secret-of-late"));
            scene.relays().with("relay.devices.unknown-grace", "30s");
            scene.start();

            // When
            scene.send("late", "{\"n\":0}");
            scene.send("late", "{\"n\":1}");
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            await().atMost(SOON).until(() -> scene.simulator().ledger().acceptedCount() == 50);
            scene.relays().withDevicesOfSimulator();

            // Then
            await().atMost(SOON).until(() -> scene.simulator().ledger().acceptedCount() == 52);
            assertThat(scene.simulator().ledger().accepted("late"))
                    .extracting(report -> report.content().path("n").asInt())
                    .containsExactly(0, 1);
            assertThat(scene.deadLetters()).isZero();
        }
    }

    @Test
    void keepsRecordsOfAnUnknownDeviceAsDeadLettersAfterTheGraceAndHoldsUpNobody() throws Exception {
        try (Scene scene = Scene.of("unprovisioned", 1)) {
            // Given
            Duration grace = Duration.ofSeconds(3);
            Fleet fleet = scene.fleet(10);
            scene.relays().with("relay.devices.unknown-grace", grace.toSeconds() + "s");
            scene.start();
            fleet.produceForEach(scene.producer(), scene.topic(), 1);
            scene.awaitEachOnce(fleet, SOON);

            // When
            scene.send("stranger", "{\"n\":0}");
            scene.send("stranger", "{\"n\":1}");
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            await().atMost(SOON).until(() -> scene.deadLettersOf("stranger").size() == 2);
            scene.awaitEachOnce(fleet, SOON);

            // Then
            List<DeadLetter> letters = scene.deadLettersOf("stranger");
            assertThat(letters).extracting(DeadLetter::value).containsExactly("{\"n\":0}", "{\"n\":1}");
            assertThat(letters).extracting(DeadLetter::reason).containsOnly("unknown-device");
            Instant sent = Instant.ofEpochMilli(ByteBuffer.wrap(letters.getFirst()
                            .record()
                            .headers()
                            .lastHeader("kafka_dlt-original-timestamp")
                            .value())
                    .getLong());
            Instant failed = Instant.parse(String.valueOf(letters.getFirst().text("iotda-relay-failed-at")));
            assertThat(Duration.between(sent, failed)).isBetween(grace, grace.multipliedBy(3));
            assertThat(scene.simulator().ledger().accepted())
                    .as("others did not wait for it")
                    .allMatch(report -> report.at().isBefore(failed));
        }
    }

    @Test
    void triesARefusedDeviceAtOnceWhenItsSecretChanges() throws Exception {
        try (Scene scene = Scene.of("rotated", 1)) {
            // Given
            scene.simulator().register(SimulatedDevice.direct("device", "the-right-secret"));
            scene.relays().withDevices(List.of("device_id,secret,gateway_id", "device,the-wrong-secret,"));
            Actuator actuator = Actuator.of(scene.start());
            scene.send("device", "{\"n\":0}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 1);
            assertThat(actuator.metrics()).containsEntry("relay_devices_quarantined", 1.0);

            // When
            scene.relays().withDevicesOfSimulator();
            await().atMost(SOON).until(() -> {
                scene.send("device", "{\"n\":1}");
                scene.flush();
                return scene.simulator().ledger().acceptedCount() > 0;
            });

            // Then
            assertThat(actuator.metrics()).containsEntry("relay_devices_quarantined", 0.0);
        }
    }

    @Test
    void followsACompactedTopic() throws Exception {
        try (Scene scene = Scene.of("directory", 1)) {
            // Given
            scene.kafka().createTopic("directory.devices", 2, "cleanup.policy=compact");
            scene.simulator()
                    .register(
                            SimulatedDevice.direct("first", "secret-of-first"),
                            SimulatedDevice.direct("second", "secret-of-second"));
            scene.relays()
                    .without("relay.devices.file")
                    .with("relay.devices.topic", "directory.devices")
                    .with("relay.devices.unknown-grace", "0s");
            publish(scene, "first", "{\"secret\":\"secret-of-first\"}");
            Actuator actuator = Actuator.of(scene.start());
            await().atMost(SOON).until(() -> actuator.status("readiness").equals("UP"));

            // When
            scene.send("first", "{\"n\":0}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.simulator().ledger().acceptedCount() == 1);
            publish(scene, "second", "{\"secret\":\"secret-of-second\"}");
            publish(scene, "first", null);
            await().atMost(SOON).until(() -> devices(actuator) == 1);
            List<String> reported = new ArrayList<>();
            scene.send("second", "{\"n\":0}");
            scene.send("first", "{\"n\":1}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.simulator().ledger().acceptedCount() == 2);
            await().atMost(SOON).until(() -> scene.deadLetters() == 1);

            // Then
            scene.simulator().ledger().accepted().forEach(report -> reported.add(report.device()));
            assertThat(reported).containsExactly("first", "second");
        }
    }

    @Test
    void knowsDevicesOfTheTopicByTheirNodes() throws Exception {
        try (Scene scene = Scene.of("directory-nodes", 1)) {
            // Given
            scene.kafka().createTopic("directory.nodes", 1, "cleanup.policy=compact");
            scene.register("p_1");
            scene.relays()
                    .without("relay.devices.file")
                    .with("relay.devices.topic", "directory.nodes")
                    .with("relay.devices.unknown-grace", "0s");
            publish(scene, "directory.nodes", "p_1", "{\"secret\":\"secret-of-p_1\",\"node_id\":\"n1\"}");
            Actuator actuator = Actuator.of(scene.start());
            await().atMost(SOON).until(() -> actuator.status("readiness").equals("UP"));

            // When
            scene.send("n1", "{\"n\":0}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.arrived("p_1").size() == 1);
            publish(scene, "directory.nodes", "p_1", "{\"secret\":\"secret-of-p_1\",\"node_id\":\"n2\"}");

            // Then
            await().atMost(SOON).untilAsserted(() -> {
                scene.send("n2", "{\"n\":1}");
                scene.flush();
                assertThat(scene.arrived("p_1")).contains(1);
            });
            scene.send("n1", "{\"n\":2}");
            scene.flush();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(scene.deadLettersOf("n1")).hasSize(1));
        }
    }

    private static int devices(Actuator actuator) {
        return actuator.asOperator()
                .json("/health/devices")
                .path("details")
                .path("devices")
                .asInt(-1);
    }

    private static void publish(Scene scene, String device, @Nullable String entry) {
        publish(scene, "directory.devices", device, entry);
    }

    private static void publish(Scene scene, String topic, String device, @Nullable String entry) {
        scene.send(new ProducerRecord<>(topic, Scene.bytes(device), Scene.bytes(entry)));
        scene.flush();
    }
}

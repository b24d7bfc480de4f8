package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * The dead-letter budget protects against a wrong route or schema. One device, or one producer of malformed records, does not exhaust
 * it for the others, however many records it sends. All with default settings.
 */
class OneCulpritStopsNobodyElseIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int FLOOD = 3_000;

    @Test
    void aRejectedDeviceThatSendsMostOfTheRecordsStopsNobodyAndIsNamed() throws Exception {
        try (Scene scene = Scene.of("culprit-device", 1)) {
            // Given
            scene.simulator().register(SimulatedDevice.direct("rejected", "another-secret"));
            Fleet good = scene.fleet(20);
            changeSecret(scene, "rejected");
            Actuator actuator = Actuator.of(scene.start());

            // When
            for (int i = 0; i < FLOOD; i++) {
                scene.send("rejected", "{\"n\":" + i + "}");
                if (i % 3 == 0) {
                    good.produce(scene.producer(), scene.topic(), good.devices().get(i % 20));
                }
            }
            scene.flush();

            // Then
            scene.awaitEachOnce(good, SOON);
            await().atMost(SOON).until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0);
            assertThat(scene.deadLettersOf("rejected")).hasSize(FLOOD);
            assertThat(actuator.status("deadLetters")).isEqualTo("UP");
            JsonNode culprits = actuator.asOperator()
                    .json("/health/deadLetters")
                    .path("details")
                    .path("culprits");
            assertThat(culprits.path("properties").asString())
                    .contains("device rejected", "of the last", "device-rejected");
        }
    }

    @Test
    void malformedRecordsOfOneProducerStopNobody() throws Exception {
        try (Scene scene = Scene.of("culprit-producer", 3)) {
            // Given
            Fleet good = scene.fleet(30);
            for (int i = 0; i < FLOOD; i++) {
                scene.send(new ProducerRecord<>(scene.topic(), 0, null, Scene.bytes("{\"n\":")));
            }
            good.produceForEach(scene.producer(), scene.topic(), 40);

            // When
            Actuator actuator = Actuator.of(scene.start());

            // Then
            scene.awaitEachOnce(good, SOON);
            await().atMost(SOON).until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0);
            assertThat(scene.deadLetters()).isEqualTo(FLOOD);
            await().atMost(SOON).until(() -> actuator.status("deadLetters").equals("UP"));
        }
    }

    @Test
    void recordsThatAreStillOnTheirWayAreNotMissingFromTheBudget() throws Exception {
        try (Scene scene = Scene.of("culprit-slow", 2)) {
            // Given
            Fleet good = scene.fleet(200);
            scene.simulator()
                    .faults()
                    .inject(Faults.api(Api.DEVICE_AUTH), new Fault.Delay(Duration.ofSeconds(1), Duration.ofSeconds(2)));
            for (int i = 0; i < 3_000; i++) {
                good.produce(scene.producer(), scene.topic(), good.devices().get(i % 200));
                if (i % 3 == 0) {
                    scene.send(new ProducerRecord<>(scene.topic(), i % 2, Scene.bytes("x"), Scene.bytes("{\"n\":")));
                }
            }
            scene.flush();

            // When
            Actuator actuator = Actuator.of(scene.start());

            // Then
            scene.awaitEachOnce(good, SOON);
            await().atMost(SOON).until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0);
            assertThat(actuator.status("deadLetters")).isEqualTo("UP");
            assertThat(scene.deadLetters()).isEqualTo(1_000);
        }
    }

    /** There is nobody to compare with, so only the partition stops. */
    @Test
    void aProbeTakesTwentyRecordsAndAStopIsNotHeldUpByTheOthers() throws Exception {
        try (Scene scene = Scene.of("culprit-alone", 1)) {
            // Given
            scene.fleet(1);
            scene.relays().with("relay.dead-letter.probe-every", "10s");
            for (int i = 0; i < FLOOD; i++) {
                scene.send("x", "{\"n\":");
            }
            scene.flush();

            // When
            ConfigurableApplicationContext relay = scene.start();
            Actuator actuator = Actuator.of(relay);
            await().atMost(SOON).until(() -> actuator.status("deadLetters").equals("DOWN"));

            // Then
            await().atMost(SOON).until(() -> scene.deadLetters() >= 501);
            assertThat(scene.deadLetters()).isEqualTo(501);
            JsonNode partitions = actuator.asOperator()
                    .json("/health/deadLetters")
                    .path("details")
                    .path("stoppedPartitions");
            assertThat(partitions.path("culprit-alone-0").asString())
                    .contains("records of no known device in partition culprit-alone-0 501");
            assertThat(actuator.asOperator()
                            .json("/routes")
                            .path("properties")
                            .path("state")
                            .asString())
                    .isEqualTo("partition stopped");
            await().atMost(SOON).until(() -> scene.deadLetters() > 501);
            assertThat(scene.deadLetters()).isLessThanOrEqualTo(521);

            // And when
            Instant stop = Instant.now();
            relay.close();

            // Then
            assertThat(Duration.between(stop, Instant.now())).isLessThan(Duration.ofSeconds(15));
        }
    }

    private static void changeSecret(Scene scene, String device) {
        scene.simulator().register(SimulatedDevice.direct(device, "a-secret-that-the-directory-does-not-know"));
    }
}

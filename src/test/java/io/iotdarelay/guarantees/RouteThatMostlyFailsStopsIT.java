package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Errors;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A route whose records mostly become dead letters stops, and only that route; the rest of its records wait in Kafka until the cause is fixed. */
class RouteThatMostlyFailsStopsIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int RECORDS = 400;

    /** Eleven of the last twenty; what is in flight then, and what a poll brings, comes to its end besides. */
    private static final int MOST_DEAD_LETTERS = 60;

    @Test
    void tooManyDeadLettersStopTheRouteUntilAnOperatorResumesIt() throws Exception {
        try (Scene scene = scene("budget", "24h")) {
            // Given
            Fleet fleet = scene.fleet(20);
            Actuator actuator = Actuator.of(scene.start());
            refuseAll(scene);

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), RECORDS / 20);
            await().atMost(SOON).until(() -> actuator.status("deadLetters").equals("DOWN"));
            scene.send(new ProducerRecord<>("budget.other", Scene.bytes("budget-other"), Scene.bytes("{\"n\":0}")));
            scene.flush();

            // Then
            await().atMost(SOON).until(() -> scene.arrived("budget-other").equals(List.of(0)));
            await().atMost(SOON)
                    .until(() -> actuator.metrics().keySet().stream()
                            .anyMatch(sample -> sample.startsWith("relay_partition_paused")
                                    && sample.contains("topic=\"budget\"")
                                    && sample.contains("reason=\"dead-letter-budget\"")));
            JsonNode stopped = actuator.asOperator()
                    .json("/health/deadLetters")
                    .path("details")
                    .path("stoppedRoutes");
            assertThat(stopped.propertyNames()).containsExactly("properties");
            assertThat(stopped.path("properties").asString()).contains("records became dead letters (refused");
            JsonNode routes = actuator.asOperator().json("/routes");
            assertThat(routes.path("properties").path("state").asString()).isEqualTo("stopped");
            assertThat(routes.path("properties").path("reason").asString()).contains("refused");
            assertThat(routes.path("other").path("state").asString()).isEqualTo("running");
            assertThat(actuator.status("readiness")).isEqualTo("UP");
            assertThat(scene.deadLetters()).isBetween(11L, (long) MOST_DEAD_LETTERS);

            // And when
            scene.simulator().faults().clear();
            long letters = awaitRest(scene);
            assertThat(actuator.asOperator().post("/routes/properties", "{}").statusCode())
                    .isEqualTo(200);

            // Then
            assertTheRestArrives(scene, fleet);
            assertThat(scene.deadLetters()).isEqualTo(letters);
            await().atMost(SOON).until(() -> actuator.status("deadLetters").equals("UP"));
            assertThat(actuator.asOperator()
                            .json("/routes")
                            .path("properties")
                            .path("state")
                            .asString())
                    .isEqualTo("running");
        }
    }

    @Test
    void routeThatIsStoppedProbesAFewRecordsByItself() throws Exception {
        try (Scene scene = scene("budget-probe", "2s")) {
            // Given
            Fleet fleet = scene.fleet(20);
            Actuator actuator = Actuator.of(scene.start());
            refuseAll(scene);

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), RECORDS / 20);
            await().atMost(SOON).until(() -> actuator.status("deadLetters").equals("DOWN"));
            long letters = awaitRest(scene);
            await().atMost(SOON).until(() -> scene.deadLetters() > letters);

            // Then
            long afterProbe = awaitRest(scene);
            assertThat(afterProbe - letters).isLessThanOrEqualTo(MOST_DEAD_LETTERS);
            assertThat(actuator.status("deadLetters")).isEqualTo("DOWN");

            // And when
            scene.simulator().faults().clear();

            // Then
            assertTheRestArrives(scene, fleet);
            await().atMost(SOON).until(() -> actuator.status("deadLetters").equals("UP"));
        }
    }

    private static Scene scene(String name, String probeEvery) {
        Scene scene = Scene.of(name, 1);
        scene.kafka().createTopic(name + ".other", 1);
        scene.simulator().register(SimulatedDevice.direct(name + "-other", "secret-of-the-other"));
        scene.relays()
                .withPropertiesRoute(1, "other", name + ".other")
                .with("relay.dead-letter.share-of-last", "20")
                .with("relay.dead-letter.probe-every", probeEvery)
                .with("relay.source.max-in-flight-records", "30")
                .with("spring.kafka.consumer.max-poll-records", "10");
        return scene;
    }

    /** All of the route's devices; the other route's is not among them. */
    private static void refuseAll(Scene scene) {
        scene.simulator()
                .faults()
                .inject(
                        Faults.reports().and(call -> !call.device().endsWith("-other")),
                        new Fault.Answer(Errors.invalidInput()));
    }

    /** Waits until nothing is in flight, and returns the number of dead letters. */
    private static long awaitRest(Scene scene) {
        await().atMost(SOON)
                .until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == RECORDS - scene.deadLetters());
        return scene.deadLetters();
    }

    /** Each record has become a dead letter or arrived, none of them both, and those that arrived did so in order. */
    private static void assertTheRestArrives(Scene scene, Fleet fleet) {
        await().atMost(SOON).until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0);
        List<DeadLetter> letters = DeadLetter.all(scene.kafka(), scene.topic() + ".dlt");
        for (String device : fleet.devices()) {
            List<Integer> all = new ArrayList<>(letters.stream()
                    .filter(letter -> device.equals(letter.text("iotda-relay-device-id")))
                    .map(letter -> Integer.valueOf(letter.value().replaceAll("\\D", "")))
                    .toList());
            assertThat(scene.arrived(device)).isNotEmpty();
            all.addAll(scene.arrived(device));
            assertThat(all)
                    .as("dead letters of %s, and then what arrived", device)
                    .isEqualTo(IntStream.range(0, RECORDS / 20).boxed().toList());
        }
    }
}

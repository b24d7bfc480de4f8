package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A mapping in a file of its own is followed while the relay runs, and nothing is lost, repeated or reordered by that. */
class MappingIsReloadedIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void reloadsUnderLoad() throws Exception {
        try (Scene scene = Scene.of("reloaded", 4)) {
            // Given
            Fleet fleet = scene.fleet(40);
            write(scene, route(scene.topic(), 0));
            scene.relays()
                    .withoutRoutes()
                    .with("relay.mapping", file(scene).toUri().toString());
            scene.start();

            // When
            for (int version = 1; version <= 3; version++) {
                write(scene, route(scene.topic(), version));
                int wanted = version;
                await().atMost(SOON).until(() -> {
                    fleet.produceForEach(scene.producer(), scene.topic(), 2);
                    scene.flush();
                    return versions(scene).contains(wanted);
                });
            }

            // Then
            scene.awaitEachOnce(fleet, SOON);
            assertThat(versions(scene)).contains(1, 2, 3);
            assertThat(scene.deadLetters()).isZero();
        }
    }

    @Test
    void readsTopicsThatComeAndLeavesThoseThatGo() throws Exception {
        try (Scene scene = Scene.of("topics-change", 4)) {
            // Given
            String other = "topics-change-other";
            scene.kafka().createTopic(other, 1);
            Fleet fleet = scene.fleet(20);
            write(scene, route(scene.topic(), 0));
            scene.relays()
                    .withoutRoutes()
                    .with("relay.mapping", file(scene).toUri().toString());
            Actuator actuator = Actuator.of(scene.start());
            AtomicBoolean stop = new AtomicBoolean();
            Thread load = Thread.ofPlatform().start(() -> {
                while (!stop.get()) {
                    fleet.produceForEach(scene.producer(), scene.topic(), 1);
                    scene.flush();
                }
            });

            // When
            await().atMost(SOON).until(() -> scene.simulator().ledger().acceptedCount() > 0);
            String both = route(scene.topic(), 1)
                    + route(other, 1).replace("routes:\n", "").replace("name: r", "name: s");
            write(scene, both);
            await().atMost(SOON)
                    .until(() -> actuator.asOperator().get("/routes").body().contains("\"s\""));
            await().atMost(SOON).until(() -> versions(scene).contains(1));
            write(scene, route(scene.topic(), 2));
            await().atMost(SOON).until(() -> versions(scene).contains(2));
            stop.set(true);
            load.join();

            // Then
            scene.awaitEachOnce(fleet, SOON);
            assertThat(scene.deadLetters()).isZero();
        }
    }

    @Test
    void refusesAWrongMappingAsAWhole() throws Exception {
        try (Scene scene = Scene.of("refused", 1)) {
            // Given
            Fleet fleet = scene.fleet(5);
            write(scene, route(scene.topic(), 0));
            scene.relays()
                    .withoutRoutes()
                    .with("relay.mapping", file(scene).toUri().toString());
            Actuator actuator = Actuator.of(scene.start());
            assertThat(actuator.status("mapping")).isEqualTo("UP");

            // When
            write(scene, route(scene.topic(), 1) + "  - { name: broken, topics: [x], to: propertis, device-id: 7 }\n");

            // Then
            await().atMost(SOON).until(() -> actuator.status("mapping").equals("DOWN"));
            assertThat(actuator.asOperator()
                            .json("/health/mapping")
                            .at("/details/problems")
                            .toString())
                    .contains("relay.routes[1].to", "relay.routes[1].device-id");
            assertThat(actuator.metrics()).containsEntry("relay_mapping_refused", 1.0);
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            scene.awaitEachOnce(fleet, SOON);
            assertThat(versions(scene)).containsExactly(0);

            // When
            Files.delete(file(scene));

            // Then
            await().atMost(SOON)
                    .until(() -> actuator.asOperator()
                            .json("/health/mapping")
                            .at("/details/problems")
                            .toString()
                            .contains("cannot be read"));
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            scene.awaitEachOnce(fleet, SOON);
            assertThat(versions(scene)).containsExactly(0);

            // When
            write(scene, route(scene.topic(), 2));

            // Then
            await().atMost(SOON).until(() -> actuator.status("mapping").equals("UP"));
            assertThat(actuator.metrics()).containsEntry("relay_mapping_refused", 0.0);
            await().atMost(SOON).until(() -> {
                fleet.produceForEach(scene.producer(), scene.topic(), 1);
                scene.flush();
                return versions(scene).contains(2);
            });
            scene.awaitEachOnce(fleet, SOON);
        }
    }

    @Test
    void aRouteThatHasStoppedIsTriedWithItsNewMapping() throws Exception {
        try (Scene scene = Scene.of("mended", 1)) {
            // Given
            Fleet fleet = scene.fleet(30);
            write(scene, route(scene.topic(), 0).replace("/n", "/nothing"));
            scene.relays()
                    .withoutRoutes()
                    .with("relay.mapping", file(scene).toUri().toString());
            Actuator actuator = Actuator.of(scene.start());
            fleet.produceForEach(scene.producer(), scene.topic(), 40);
            scene.flush();
            await().atMost(SOON).until(() -> actuator.status("deadLetters").equals("DOWN"));

            // When
            write(scene, route(scene.topic(), 1));

            // Then
            await().atMost(SOON).until(() -> scene.simulator().ledger().acceptedCount() + scene.deadLetters() == 1200);
            assertThat(scene.deadLetters())
                    .as("the route stops when it has judged 501 records")
                    .isBetween(501L, 600L);
        }
    }

    private static Set<Integer> versions(Scene scene) {
        return scene.simulator().ledger().accepted().stream()
                .map(report -> report.content().path("version").asInt(-1))
                .collect(Collectors.toSet());
    }

    private static String route(String topic, int version) {
        return """
                routes:
                  - name: r
                    topics: [%s]
                    to: properties
                    device-id: key
                    services:
                      - id: S
                        properties: { n: /n, version: { value: %d } }
                """.formatted(topic, version);
    }

    private static Path file(Scene scene) {
        return scene.relays().directory().resolve("mapping.yaml");
    }

    /** At once, as editors and mounted volumes do. */
    private static void write(Scene scene, String mapping) throws IOException {
        Path written = Files.writeString(scene.relays().directory().resolve("mapping.new"), mapping);
        Files.move(written, file(scene), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}

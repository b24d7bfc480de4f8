package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator pauses stays paused, through restarts and rebalances, until it is resumed or ends by itself; nothing is lost by it. */
@Execution(ExecutionMode.CONCURRENT)
class PausesSurviveIT {

    private static final Duration SOON = Duration.ofSeconds(40);

    /** How long it is watched that nothing arrives. */
    private static final Duration WATCHED = Duration.ofSeconds(3);

    private static final int PARTITIONS = 4;

    @Test
    void aPauseSurvivesARestartAndARebalance() throws Exception {
        try (Scene scene = Scene.of("pause-survives", PARTITIONS)) {
            // Given
            Traffic traffic = new Traffic(scene);
            ConfigurableApplicationContext first = scene.start();
            traffic.sendEach(5);
            traffic.awaitAll();

            // When
            Actuator operator = Actuator.of(first).asOperator();
            JsonNode answer = read(
                    operator.post("/pauses", "{\"partition\":\"pause-survives-2\",\"reason\":\"valve exchange\"}"),
                    200);
            traffic.sendEach(5);

            // Then
            assertThat(answer.path("carriedOut").asBoolean()).isTrue();
            assertThat(answer.path("paused").path("by").asString()).isEqualTo("operator");
            assertThat(answer.path("paused").path("partitions").path(0).asString())
                    .isEqualTo("pause-survives-2");
            traffic.awaitAllBut(2);
            traffic.assertNothingOf(2, 5);
            assertThat(operator.status("source")).isEqualTo("UP");
            await().atMost(SOON).until(() -> operator.pausedPartitions("operator") == 1);
            assertThat(operator.metrics().get("relay_pauses")).isEqualTo(1.0);
            assertThat(operator.json("/health/source")
                            .path("details")
                            .path("pauses")
                            .toString())
                    .contains("valve exchange");

            // And when
            first.close();
            ConfigurableApplicationContext second = scene.start();
            traffic.sendEach(5);

            // Then
            traffic.awaitAllBut(2);
            traffic.assertNothingOf(2, 5);

            // And when
            ConfigurableApplicationContext third = scene.start();
            await().atMost(SOON)
                    .until(() -> Actuator.of(second).partitions().size() == 2
                            && Actuator.of(third).partitions().size() == 2);
            traffic.sendEach(5);

            // Then
            traffic.awaitAllBut(2);
            traffic.assertNothingOf(2, 5);
            assertThat(Actuator.of(second).pausedPartitions("operator")
                            + Actuator.of(third).pausedPartitions("operator"))
                    .isEqualTo(1);

            // And when
            JsonNode resumed = read(Actuator.of(third).asOperator().delete("/pauses?partition=pause-survives-2"), 200);

            // Then
            assertThat(resumed.path("resumed").asBoolean()).isTrue();
            assertThat(resumed.path("pauses")).isEmpty();
            traffic.awaitAll();
        }
    }

    @Test
    void aPauseEndsByItself() throws Exception {
        try (Scene scene = Scene.of("pause-ends", PARTITIONS)) {
            // Given
            Traffic traffic = new Traffic(scene);
            Actuator operator = Actuator.of(scene.start()).asOperator();
            traffic.sendEach(1);
            traffic.awaitAll();

            read(operator.post("/pauses", "{\"all\":true,\"reason\":\"creates the topic\"}"), 200);

            // When
            JsonNode answer =
                    read(operator.post("/pauses", "{\"all\":true,\"reason\":\"drill\",\"for\":\"PT8S\"}"), 200);
            traffic.sendEach(1);

            // Then
            assertThat(answer.path("paused").path("until").asString()).isNotEmpty();
            traffic.assertNothingOf(0, 1);
            traffic.awaitAll();
            assertThat(operator.json("/pauses").path("pauses")).isEmpty();
        }
    }

    @Test
    void pausesOverlapAndEachEndsAlone() throws Exception {
        try (Scene scene = Scene.of("pause-overlap", PARTITIONS)) {
            // Given
            Traffic traffic = new Traffic(scene);
            Actuator operator = Actuator.of(scene.start()).asOperator();
            read(operator.post("/pauses", "{\"all\":true,\"reason\":\"a\"}"), 200);
            read(operator.post("/pauses", "{\"route\":\"properties\",\"reason\":\"b\"}"), 200);
            read(operator.post("/pauses", "{\"partition\":\"pause-overlap-1\",\"reason\":\"c\",\"for\":\"1h\"}"), 200);
            traffic.sendEach(3);

            // When
            read(operator.delete("/pauses?all=true"), 200);

            // Then
            traffic.assertNothingOf(0, 0);

            // And when
            JsonNode left = read(operator.delete("/pauses?route=properties"), 200);

            // Then
            assertThat(left.path("pauses").path(0).path("partition").asString()).isEqualTo("pause-overlap-1");
            traffic.awaitAllBut(1);
            traffic.assertNothingOf(1, 0);

            // And when
            read(operator.delete("/pauses?partition=pause-overlap-1"), 200);

            // Then
            traffic.awaitAll();
            assertThat(read(operator.delete("/pauses?all=true"), 200)
                            .path("resumed")
                            .asBoolean())
                    .isFalse();
        }
    }

    @Test
    void badRequestsChangeNothing() throws Exception {
        try (Scene scene = Scene.of("pause-refused", PARTITIONS)) {
            Traffic traffic = new Traffic(scene);
            Actuator operator = Actuator.of(scene.start()).asOperator();
            traffic.sendEach(1);
            traffic.awaitAll();

            List.of(
                            "{\"all\":true}",
                            "{\"reason\":\"x\"}",
                            "{\"all\":false,\"reason\":\"x\"}",
                            "{\"all\":true,\"route\":\"properties\",\"reason\":\"x\"}",
                            "{\"all\":true,\"reason\":\"x\",\"for\":\"soon\"}",
                            "{\"all\":true,\"reason\":\"x\",\"for\":\"0s\"}",
                            "{\"all\":true,\"reason\":\"x\",\"until\":\"noon\"}",
                            "{\"partition\":\"nothing\",\"reason\":\"x\"}")
                    .forEach(body -> assertThat(read(operator.post("/pauses", body), 400)
                                    .path("error")
                                    .asString())
                            .as(body)
                            .isNotEmpty());
            read(operator.post("/pauses", "{\"route\":\"other\",\"reason\":\"x\"}"), 404);
            read(operator.post("/pauses", "{\"partition\":\"pause-refused-4\",\"reason\":\"x\"}"), 404);
            read(operator.post("/pauses", "{\"partition\":\"other-0\",\"reason\":\"x\"}"), 404);
            read(operator.delete("/pauses"), 400);
            read(operator.delete("/pauses?route=other"), 404);

            assertThat(operator.json("/pauses").path("pauses")).isEmpty();
            traffic.sendEach(1);
            traffic.awaitAll();
        }
    }

    private static JsonNode read(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JsonMapper.shared().readTree(response.body());
    }

    /** One device on each partition, whose records are counted. */
    private static final class Traffic {
        private final Scene scene;
        private final Fleet fleet;
        private int sent;

        Traffic(Scene scene) {
            this.scene = scene;
            this.fleet = scene.fleet(PARTITIONS);
        }

        void sendEach(int count) {
            sent += count;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                for (int i = 0; i < count; i++) {
                    fleet.produce(scene.producer(), scene.topic(), partition, device(partition));
                }
            }
            scene.flush();
        }

        private String device(int partition) {
            return fleet.devices().get(partition);
        }

        private void assertArrived(int partition, int count) {
            assertThat(scene.arrived(device(partition)))
                    .as("partition %s", partition)
                    .isEqualTo(IntStream.range(0, count).boxed().toList());
        }

        void awaitAll() {
            awaitAllBut(-1);
        }

        void awaitAllBut(int paused) {
            await().atMost(SOON)
                    .untilAsserted(() -> IntStream.range(0, PARTITIONS)
                            .filter(partition -> partition != paused)
                            .forEach(partition -> assertArrived(partition, sent)));
        }

        /** Nothing more than this many. */
        void assertNothingOf(int partition, int count) {
            await().atMost(SOON).during(WATCHED).untilAsserted(() -> assertArrived(partition, count));
        }
    }
}

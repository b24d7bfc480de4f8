package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** Is it flowing, and where is it stuck, and why? One answer has it. */
@Execution(ExecutionMode.CONCURRENT)
class RelayIsSeenAtAGlanceIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void tellsWhetherItFlowsAndWhereItIsStuck() throws Exception {
        try (Scene scene = Scene.of("glance", 2)) {
            // Given
            Fleet fleet = scene.fleet(10);
            Actuator operator = Actuator.of(scene.start()).asOperator();
            assertThat(operator.json("/relay").path("state").asString("")).isIn("stuck", "idle");

            // When it flows
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            scene.send("nobody", "{\"n\":1}");
            scene.flush();
            JsonNode flowing = state(operator, "flowing");

            // Then
            await().atMost(SOON).untilAsserted(() -> {
                JsonNode route = operator.json("/relay").path("routes").path("properties");
                assertThat(route.path("delivered").asInt()).isEqualTo(50);
                assertThat(route.path("rejected").path("unknown-device").asInt())
                        .isEqualTo(1);
                assertThat(route.path("deliveredPerSecond").asDouble()).isPositive();
            });
            JsonNode now = operator.json("/relay");
            assertThat(flowing.path("stuck")).isEmpty();
            assertThat(now.path("partitions")).hasSize(2);
            assertThat(now.path("partitions").get(0).path("partition").asString(""))
                    .startsWith("glance-");
            assertThat(now.path("devices").path("tokens").asInt()).isEqualTo(10);
            assertThat(now.path("devices").path("directory").asInt()).isEqualTo(10);
            assertThat(now.path("deadLetters")
                            .path("byReason")
                            .path("unknown-device")
                            .asInt())
                    .isEqualTo(1);
            assertThat(now.path("instance").path("since").asString("")).isNotEmpty();
            assertThat(now.path("delivery").path("breakers").propertyNames()).contains("iotda");

            // When the platform is away, and records come
            scene.simulator().refuseConnections();
            scene.simulator().dropConnections();
            for (int n = 0; n < 5; n++) {
                fleet.produceForEach(scene.producer(), scene.topic(), 5);
            }
            JsonNode stuck = state(operator, "stuck");
            assertThat(stuck.path("stuck").get(0).path("where").asString("")).isEqualTo("platform");
            assertThat(stuck.path("stuck").get(0).path("why").asString("")).isNotEmpty();
            assertThat(stuck.path("stuck").get(0).path("runbook").asString(""))
                    .isEqualTo("docs/operations.md#iotdarelaybreakeropen");
            scene.simulator().acceptConnections();
            await().atMost(SOON)
                    .until(() ->
                            !operator.json("/relay").path("state").asString("").equals("stuck"));

            // When somebody pauses it
            assertThat(operator.post("/pauses", "{\"all\":true,\"reason\":\"exchange of the valves\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(state(operator, "paused").path("pauses").get(0).asString(""))
                    .contains("exchange of the valves");
        }
    }

    private static JsonNode state(Actuator operator, String state) {
        return await().atMost(SOON)
                .until(
                        () -> operator.json("/relay"),
                        found -> found.path("state").asString("").equals(state));
    }
}

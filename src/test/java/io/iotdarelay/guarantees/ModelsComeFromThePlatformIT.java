package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.ApplicationAccess;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.testing.Actuator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** Reports are checked by the models that the platform has, from when it answers; and whatever it answers, delivery goes on. */
@Execution(ExecutionMode.CONCURRENT)
class ModelsComeFromThePlatformIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final List<Integer> arrived = new ArrayList<>();

    @Test
    void followsTheModelsOfThePlatform() throws Exception {
        try (Scene scene = Scene.of("platform-models", 1)) {
            // Given: the application side is away
            scene.fleet(1);
            String device = scene.simulator().devices().iterator().next().id();
            Faults.Injection outage =
                    scene.simulator().faults().inject(Faults.api(Api.GET_PRODUCT), new Fault.Answer(Reply.html(503)));
            meters(scene, "100");
            ApplicationAccess access = scene.simulator().application().access();
            scene.relays()
                    .with("relay.platform.endpoint", scene.simulator().endpoint())
                    .with("relay.platform.region", access.region())
                    .with("relay.platform.project-id", access.projectId())
                    .with("relay.platform.access-key", access.accessKey())
                    .with("relay.platform.secret-key", access.secretKey())
                    .with("relay.platform.ssl-bundle", "iotda")
                    .with("relay.models.refresh-interval", "10s")
                    .with("relay.models.products.meters.platform", "true")
                    .with("relay.models.products.lights.platform", "true")
                    .with("relay.routes[0].product", "meters");
            Actuator actuator = Actuator.of(scene.start()).asOperator();

            // Then: reports go unchecked
            await().atMost(SOON).until(() -> actuator.status("readiness").equals("UP"));
            arrives(scene, device, 200);
            assertThat(actuator.status("models")).isEqualTo("UNKNOWN");
            assertThat(actuator.metrics()).containsEntry("relay_model_products{state=\"unknown\"}", 2.0);

            // When: it comes
            outage.close();
            await().atMost(SOON).until(() -> state(actuator, "meters").equals("current"));

            // Then
            JsonNode shown = actuator.json("/models/meters");
            assertThat(shown.path("source").asString()).isEqualTo("platform");
            assertThat(shown.path("services").path("S").toString()).contains("n int 0 to 100", "t int 0 to 65535");
            assertThat(shown.path("warnings").toString()).contains("S.t have the range 0 to 65535");
            isRejected(scene, device, 201);
            await().atMost(SOON).until(() -> state(actuator, "lights").equals("refused"));
            assertThat(actuator.status("models")).as("there is no such product").isEqualTo("DOWN");
            assertThat(actuator.status("readiness")).isEqualTo("UP");
            assertThat(actuator.status("platform")).isEqualTo("UP");

            // When: one changes, and the other is created
            meters(scene, "300");
            scene.simulator().registerProduct(product("lights", "x", "1"));
            await().atMost(SOON).until(() -> state(actuator, "lights").equals("current"));
            await().atMost(SOON)
                    .until(() -> actuator.json("/models")
                            .path("meters")
                            .path("changes")
                            .toString()
                            .contains("changed S.n: range [0 to 100] to [0 to 300]"));

            // Then
            arrives(scene, device, 202);
            assertThat(actuator.metrics()).containsEntry("relay_model_changes_total", 1.0);
            assertThat(actuator.status("models")).isEqualTo("UP");

            // When: another one that the route does not fit
            scene.simulator().registerProduct(product("meters", "renamed", "100"));
            await().atMost(SOON).until(() -> state(actuator, "meters").equals("refused"));

            // Then: the former one stays in force
            assertThat(actuator.json("/models/meters").path("reason").asString())
                    .startsWith("the routes do not fit the model that it has now: relay.routes[0].");
            arrives(scene, device, 203);
            isRejected(scene, device, 301);
            assertThat(actuator.status("readiness")).isEqualTo("UP");
        }
    }

    private void arrives(Scene scene, String device, int n) {
        arrived.add(n);
        scene.send(device, "{\"n\":" + n + "}");
        scene.flush();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(scene.arrived(device)).isEqualTo(arrived));
    }

    private static void isRejected(Scene scene, String device, int n) {
        int before = scene.deadLettersOf(device).size();
        scene.send(device, "{\"n\":" + n + "}");
        scene.flush();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(scene.deadLettersOf(device)).hasSize(before + 1));
        assertThat(scene.deadLettersOf(device).getLast().text("iotda-relay-reason"))
                .isEqualTo("model-violation");
    }

    private static String state(Actuator actuator, String product) {
        return actuator.json("/models/" + product).path("state").asString("");
    }

    private static void meters(Scene scene, String most) {
        scene.simulator().registerProduct(product("meters", "n", most));
    }

    private static String product(String id, String property, String most) {
        return """
            {"product_id":"%s","name":"%s","device_type":"Meter","protocol_type":"HTTPS","data_format":"json",
             "service_capabilities":[{"service_id":"S","service_type":"S","properties":[
              {"property_name":"%s","data_type":"int","min":"0","max":"%s","method":"R"},
              {"property_name":"t","data_type":"int","min":"0","max":"65535","method":"R"}]}]}""".formatted(id, id, property, most);
    }
}

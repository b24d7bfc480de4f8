package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** Several devices are silent at once, each for another reason: the relay names the reason of each, and what helps does. */
@Execution(ExecutionMode.CONCURRENT)
class SilentDeviceIsExplainedIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void eachReasonIsNamedAndTheCureWorks() throws Exception {
        try (Scene scene = Scene.of("silent", 3)) {
            // Given
            for (String device : List.of("healthy", "frozen", "unmapped", "failing", "quiet")) {
                scene.register(device);
            }
            scene.simulator().register(SimulatedDevice.direct("wrong", "another-secret"));
            scene.simulator().freeze("frozen");
            List<String> lines = new ArrayList<>(List.of("device_id,secret,gateway_id"));
            for (String device : List.of("healthy", "frozen", "unmapped", "failing", "quiet", "wrong")) {
                lines.add(device + "," + io.iotdarelay.testing.Fleet.secretOf(device) + ",");
            }
            lines.add("orphan,,nobody");
            scene.relays().withDevices(lines);
            scene.simulator().faults().inject(Faults.device("failing"), new Fault.Answer(Reply.empty(503)));
            Actuator operator = Actuator.of(scene.start()).asOperator();

            // When
            for (String device : List.of("healthy", "frozen", "failing", "wrong", "orphan", "stranger")) {
                scene.send(device, "{\"n\":0}");
            }
            scene.send("unmapped", "{\"m\":0}");
            scene.flush();

            // Then
            state(operator, "healthy", "delivered");
            state(operator, "quiet", "silent");
            JsonNode wrong = state(operator, "wrong", "quarantined");
            assertThat(words(wrong))
                    .contains("the platform refuses the device's credentials", "Compare its secret in the directory");
            assertThat(wrong.path("lastRequest").path("kind").asString("")).isEqualTo("authentication");
            assertThat(wrong.path("lastRequest").path("status").asInt()).isEqualTo(401);
            assertThat(wrong.path("runbook").asString("")).isEqualTo("docs/operations.md#quarantine");
            assertThat(words(state(operator, "frozen", "quarantined"))).contains("device-rejected");
            JsonNode stranger = state(operator, "stranger", "unknown");
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(explained(operator, "stranger").path("deadLetters"))
                                    .hasSize(1));
            assertThat(stranger.path("directory").path("known").asBoolean(true)).isFalse();
            assertThat(words(state(operator, "orphan", "unknown"))).contains("does not know that gateway");
            JsonNode unmapped = state(operator, "unmapped", "rejected");
            assertThat(words(unmapped)).contains("unmappable");
            assertThat(unmapped.path("deadLetters").get(0).path("record").asString(""))
                    .matches("silent-[0-9]-[0-9]+");
            JsonNode failing = state(operator, "failing", "waiting");
            assertThat(failing.path("lane").path("waiting").asInt()
                            + failing.path("lane").path("inFlight").asInt())
                    .isEqualTo(1);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(words(explained(operator, "failing")))
                            .contains("the next attempt", "It is tried again at", "HTTP 503"));
            assertThat(explained(operator, "healthy")
                            .path("token")
                            .path("leftSeconds")
                            .asInt())
                    .isPositive();
            assertThat(explained(operator, "healthy").toString())
                    .doesNotContain(scene.simulator().stealToken("healthy"))
                    .doesNotContain(io.iotdarelay.testing.Fleet.secretOf("healthy"));

            // Lists, page by page
            assertThat(ids(operator.json("/devices?state=quarantined"))).containsExactly("frozen", "wrong");
            JsonNode first = operator.json("/devices?state=quarantined&limit=1");
            assertThat(ids(first)).containsExactly("frozen");
            assertThat(ids(operator.json("/devices?state=quarantined&limit=1&after="
                            + first.path("next").asString())))
                    .containsExactly("wrong");
            assertThat(ids(operator.json("/devices?state=waiting"))).contains("failing");
            assertThat(ids(operator.json("/devices?state=unknown"))).contains("stranger");

            // What helps
            scene.register("wrong");
            assertThat(act(operator, "wrong", "probe").body()).contains("authenticated");
            scene.send("wrong", "{\"n\":1}");
            scene.flush();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(scene.arrived("wrong")).containsExactly(1));
            state(operator, "wrong", "delivered");
            scene.simulator().unfreeze("frozen");
            assertThat(act(operator, "frozen", "lift-quarantine").statusCode()).isEqualTo(200);
            scene.send("frozen", "{\"n\":2}");
            scene.flush();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(scene.arrived("frozen")).containsExactly(2));
            scene.simulator().faults().clear();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(scene.arrived("failing")).containsExactly(0));

            int authentications = scene.requests(io.iotdarelay.simulator.Api.DEVICE_AUTH, "healthy")
                    .size();
            assertThat(act(operator, "healthy", "drop-token").statusCode()).isEqualTo(200);
            scene.send("healthy", "{\"n\":1}");
            scene.flush();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(scene.arrived("healthy")).containsExactly(0, 1));
            assertThat(scene.requests(io.iotdarelay.simulator.Api.DEVICE_AUTH, "healthy"))
                    .hasSize(authentications + 1);

            // What is asked wrongly
            assertThat(act(operator, "stranger", "probe").statusCode()).isEqualTo(404);
            assertThat(act(operator, "quiet", "probe").statusCode()).isEqualTo(409);
            assertThat(act(operator, "healthy", "lift-quarantine").statusCode()).isEqualTo(409);
            assertThat(act(operator, "healthy", "explode").statusCode()).isEqualTo(400);
            for (String path : List.of(
                    "/devices",
                    "/devices?state=healthy",
                    "/devices?state=waiting&limit=0",
                    "/devices?state=waiting&limit=x",
                    "/devices/%3Cscript%3E",
                    "/devices/a%20b")) {
                assertThat(operator.get(path).statusCode()).as(path).isEqualTo(400);
            }
            assertThat(operator.get("/devices/" + "x".repeat(129)).statusCode()).isEqualTo(400);
        }
    }

    private static HttpResponse<String> act(Actuator operator, String device, String action) {
        return operator.post("/devices/" + device, "{\"action\":\"" + action + "\"}");
    }

    private static JsonNode explained(Actuator operator, String device) {
        return operator.json("/devices/" + device);
    }

    private static JsonNode state(Actuator operator, String device, String state) {
        return await().atMost(SOON)
                .until(
                        () -> explained(operator, device),
                        found -> found.path("state").asString("").equals(state));
    }

    private static String words(JsonNode explained) {
        return explained.path("explanation").toString();
    }

    private static List<String> ids(JsonNode page) {
        return page.path("devices")
                .valueStream()
                .map(device -> device.path("deviceId").asString(""))
                .toList();
    }
}

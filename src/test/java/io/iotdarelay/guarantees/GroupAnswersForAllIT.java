package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.group.PeerAddresses;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** With several instances any of them answers for all, to whoever may ask, and names those that it does not hear. */
@Execution(ExecutionMode.CONCURRENT)
class GroupAnswersForAllIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PASSWORD = "password-of-the-operator";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void anyInstanceAnswersForAll() throws Exception {
        AtomicReference<List<InetSocketAddress>> found = new AtomicReference<>(List.of());
        try (Scene scene = Scene.of("whole-group", 4);
                ServerSocket hanging = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Given two instances, which find each other under several addresses
            Fleet fleet = scene.fleet(12);
            scene.relays()
                    .with("relay.desk.peers", "dns:relay-peers.invalid:8080")
                    .with("relay.access.users[0].name", "viewer")
                    .with("relay.access.users[0].password", "password-of-the-viewer")
                    .replacing(PeerAddresses.class, dns -> () -> Mono.fromSupplier(found::get))
                    .with("HOSTNAME", "relay-a");
            Actuator a = Actuator.of(scene.start());
            scene.relays().with("HOSTNAME", "relay-b");
            Actuator b = Actuator.of(scene.start());
            found.set(Stream.of(a.port(), b.port(), b.port())
                    .map(port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .toList());
            Actuator operator = a.asOperator();
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(a.partitions()).hasSize(2);
                assertThat(b.partitions()).hasSize(2);
            });

            // When records flow
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            scene.send("nobody", "{\"n\":1}");
            scene.flush();

            // Then each of them tells the whole
            for (Actuator each : List.of(operator, b.asOperator(), b.as("viewer", "password-of-the-viewer"))) {
                await().atMost(SOON).untilAsserted(() -> assertWhole(each.json("/relay")));
            }
            JsonNode whole = operator.json("/relay");
            assertThat(whole.path("instance").path("name").asString("")).isEqualTo("relay-a");
            assertThat(whole.path("instances")
                            .valueStream()
                            .map(instance -> instance.path("name").asString("")))
                    .containsExactly("relay-a", "relay-b");
            assertThat(whole.path("instances").get(1).path("partitions")).hasSize(2);

            // What is asked for one is answered for one
            JsonNode one = operator.json("/relay?scope=instance");
            assertThat(one.path("partitions")).hasSize(2);
            assertThat(one.has("instances")).isFalse();
            assertThat(one.has("silent")).isFalse();
            assertThat(operator.get("/relay?scope=all").statusCode()).isEqualTo(400);

            // Who may not ask is not answered, and nobody is asked for him
            assertThat(a.get("/relay").statusCode()).isEqualTo(401);
            assertThat(a.as("viewer", "another").get("/relay").statusCode()).isEqualTo(401);

            assertThat(http.send(
                                    request(a.port(), "/actuator/relay")
                                            .header("Authorization", "IotdaRelay 1.b3BlcmF0b3I.operator.9.a.b.c")
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(401);

            // A browser has a session at one instance only
            String cookie = logIn(a.port());
            HttpResponse<String> seen = http.send(
                    request(a.port(), "/actuator/relay")
                            .header("Cookie", cookie)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertWhole(JsonMapper.shared().readTree(seen.body()));
            assertThat(http.send(
                                    request(b.port(), "/actuator/relay")
                                            .header("Cookie", cookie)
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(401);

            // Whatever instance has a device, any explains it
            for (Actuator each : List.of(operator, b.asOperator())) {
                for (String device : fleet.devices()) {
                    JsonNode explained = each.json("/devices/" + device);
                    assertThat(explained.path("state").asString(""))
                            .as(explained.toString())
                            .isEqualTo("delivered");
                    assertThat(explained.path("instance").asString("")).isIn("relay-a", "relay-b");
                    assertThat(explained.path("silent").isArray()).isTrue();
                    assertThat(explained.path("silent")).isEmpty();
                }
            }
            assertThat(fleet.devices().stream()
                            .map(device -> operator.json("/devices/" + device)
                                    .path("instance")
                                    .asString("")))
                    .contains("relay-a", "relay-b");
            assertThat(operator.json("/devices?state=unknown").path("devices")).hasSize(1);
            assertThat(b.asOperator().json("/devices?state=unknown").path("devices"))
                    .hasSize(1);

            assertThat(operator.json("/quarantine").path("silent").isArray()).isTrue();

            // Whatever instance has a device, any acts on it
            for (String device : fleet.devices().subList(1, fleet.devices().size())) {
                HttpResponse<String> dropped = operator.post("/devices/" + device, "{\"action\":\"drop-token\"}");
                assertThat(dropped.statusCode()).as(dropped.body()).isEqualTo(200);
                assertThat(dropped.body()).contains("\"state\":\"dropped\"");
            }
            HttpResponse<String> probed =
                    operator.post("/devices/" + fleet.devices().getFirst(), "{\"action\":\"probe\"}");
            assertThat(probed.statusCode()).as("nothing of it waits anywhere").isEqualTo(409);
            assertThat(probed.body()).contains("\"instance\":\"relay-a\"", "\"instance\":\"relay-b\"");
            HttpResponse<String> byCookie = http.send(
                    request(a.port(), "/actuator/devices/" + fleet.devices().getFirst())
                            .header("Cookie", cookie)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"drop-token\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(byCookie.statusCode()).as(byCookie.body()).isEqualTo(200);
            assertThat(byCookie.body()).contains("\"state\":\"dropped\"", "relay-a", "relay-b");
            assertThat(a.as("viewer", "password-of-the-viewer")
                            .post("/devices/" + fleet.devices().getFirst(), "{\"action\":\"probe\"}")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(operator.post("/devices/whole-group-x", "{\"action\":\"probe\"}")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(operator.post("/devices/" + fleet.devices().getFirst(), "{\"action\":\"explode\"}")
                            .statusCode())
                    .isEqualTo(400);

            // Each redrives the letters of its own partitions, whichever is asked
            HttpResponse<String> redriven =
                    operator.post("/deadletters/redrive", "{\"reason\":\"unknown-device\",\"dryRun\":false}");
            assertThat(redriven.statusCode()).as(redriven.body()).isEqualTo(202);
            assertThat(JsonMapper.shared()
                            .readTree(redriven.body())
                            .path("instances")
                            .valueStream()
                            .map(instance -> instance.path("status").asInt()))
                    .as(redriven.body())
                    .containsExactly(202, 202);
            for (Actuator each : List.of(operator, b.asOperator())) {
                assertThat(each.json("/deadletters/redrives").path("redrives")).hasSize(2);
            }

            // A pause at one is one at all
            assertThat(operator.post("/pauses", "{\"all\":true,\"reason\":\"valves\"}")
                            .statusCode())
                    .isEqualTo(200);
            await().atMost(SOON)
                    .until(() -> b.asOperator()
                            .json("/relay?scope=instance")
                            .path("pauses")
                            .toString()
                            .contains("valves"));
            assertThat(operator.json("/relay").path("pauses")).hasSize(1);
            assertThat(operator.json("/relay").path("state").asString("")).isEqualTo("paused");

            // When one hangs, and one is not there
            found.set(Stream.of(b.port(), hanging.getLocalPort(), 1)
                    .map(port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .toList());
            long begin = System.nanoTime();
            JsonNode partly = operator.json("/relay");

            // Then they are named, in time, and the others are heard
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
            assertThat(partly.path("partitions")).hasSize(4);
            assertThat(partly.path("silent")
                            .valueStream()
                            .map(silent -> silent.path("instance").asString("")
                                    + ": "
                                    + silent.path("why").asString("")))
                    .containsExactlyInAnyOrder(
                            "127.0.0.1:" + hanging.getLocalPort() + ": no answer in 2 s", "127.0.0.1:1: no connection");
        }
    }

    private static void assertWhole(JsonNode relay) {
        assertThat(relay.path("silent")).isEmpty();
        assertThat(relay.path("instances")).hasSize(2);
        assertThat(relay.path("partitions")
                        .valueStream()
                        .map(partition -> partition.path("partition").asString("")))
                .containsExactly("whole-group-0", "whole-group-1", "whole-group-2", "whole-group-3");
        JsonNode route = relay.path("routes").path("properties");
        assertThat(route.path("delivered").asInt()).isEqualTo(60);
        assertThat(route.path("rejected").path("unknown-device").asInt()).isEqualTo(1);
        assertThat(relay.path("deadLetters")
                        .path("byReason")
                        .path("unknown-device")
                        .asInt())
                .isEqualTo(1);
        assertThat(relay.path("devices").path("directory").asInt()).isEqualTo(12);
        assertThat(relay.path("devices").path("tokens").asInt()).isEqualTo(12);
    }

    private String logIn(int port) throws Exception {
        HttpResponse<String> login = http.send(
                request(port, "/login")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("username=operator&password=" + PASSWORD))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return login.headers().firstValue("Set-Cookie").orElse("").replaceAll(";.*", "");
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(20));
    }
}

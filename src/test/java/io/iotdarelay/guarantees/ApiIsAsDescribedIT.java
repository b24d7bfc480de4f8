package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.Yaml;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The examples of docs/api.md work as they stand there, and what is answered is what docs/openapi.yaml describes. */
@Execution(ExecutionMode.CONCURRENT)
class ApiIsAsDescribedIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final Pattern URL = Pattern.compile("http://localhost:8080/actuator(/[^\\s']*)");
    private static final Pattern DATA = Pattern.compile("-d '([^']*)'");
    private static final Pattern USER = Pattern.compile("-u (\\w+):PASSWORD");
    private static final JsonNode DESCRIPTION = Yaml.tree(Path.of("docs/openapi.yaml"));
    private static final String TOPIC = "telemetry.meters";

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** An example, and what was answered. */
    private record Exchange(String method, String path, int status, String body) {}

    @Test
    void examplesWorkAndAnswersAreDescribed() throws Exception {
        try (Scene scene = Scene.of("api", 1)) {
            // Given what the examples are about: a device that is refused, and a dead letter at the first offset
            scene.kafka().createTopic(TOPIC + "-api", 4);
            scene.kafka().createTopic("iotda-relay.dlt-api", 1);
            scene.simulator().register(SimulatedDevice.direct("meter-1", "another-secret"));
            scene.relays()
                    .withDevices(List.of("device_id,secret,gateway_id", "meter-1," + Fleet.secretOf("meter-1") + ","))
                    .with("relay.dead-letter.topic", "iotda-relay.dlt-api")
                    .with("relay.dead-letter.max-share", "1")
                    .withPropertiesRoute(0, "meters", TOPIC + "-api")
                    .with("relay.access.users[0].name", "viewer")
                    .with("relay.access.users[0].password", "password-of-the-viewer");
            Actuator operator = Actuator.of(scene.start()).asOperator();
            for (int n = 0; n < 3; n++) {
                scene.send(new ProducerRecord<>(
                        TOPIC + "-api", 3, Scene.bytes("meter-1"), Scene.bytes("{\"n\":" + n + "}")));
            }
            scene.flush();
            await().atMost(SOON).until(() -> scene.kafka().count("iotda-relay.dlt-api") == 3);

            // When
            List<Exchange> exchanges = new ArrayList<>();
            Matcher blocks = BLOCK.matcher(Yaml.text(Path.of("docs/api.md")));
            while (blocks.find()) {
                exchanges.add(run(operator.port(), blocks.group(1)));
            }

            // Then
            assertThat(exchanges).hasSizeGreaterThanOrEqualTo(12).allSatisfy(exchange -> {
                assertThat(exchange.status()).as(exchange.toString()).isBetween(200, 202);
                assertDescribed(exchange);
            });
            JsonNode explained = JsonMapper.shared()
                    .readTree(exchanges.stream()
                            .filter(exchange -> exchange.path().equals("/devices/meter-1"))
                            .findFirst()
                            .orElseThrow()
                            .body());
            assertThat(explained.path("state").asString("")).isEqualTo("quarantined");
            Set<String> shown = new HashSet<>();
            exchanges.forEach(exchange -> shown.add(exchange.method() + " " + described(exchange.path())));
            assertThat(shown)
                    .contains("get /devices/{id}", "post /devices/{id}", "get /deadletters/{position}", "post /pauses");

            // And so are errors
            for (String path :
                    List.of("/devices?state=x", "/devices/%20", "/deadletters?limit=0", "/deadletters/x-0-0")) {
                HttpResponse<String> answer = operator.get(path);
                assertDescribed(new Exchange("get", path, answer.statusCode(), answer.body()));
            }
            for (String[] wrong : new String[][] {
                {"/devices/unknown", "{\"action\":\"probe\"}"},
                {"/deadletters/redrive", "{\"most\":0}"},
                {"/deadletters/cancel", "{\"id\":\"x\"}"},
                {"/pauses", "{}"}
            }) {
                HttpResponse<String> answer = operator.post(wrong[0], wrong[1]);
                assertThat(answer.statusCode()).as(wrong[0]).isBetween(400, 409);
                assertDescribed(new Exchange("post", wrong[0], answer.statusCode(), answer.body()));
            }
        }
    }

    private static Exchange run(int port, String command) throws Exception {
        Matcher url = URL.matcher(command);
        Matcher user = USER.matcher(command);
        Matcher data = DATA.matcher(command);
        assertThat(url.find() && user.find()).as(command).isTrue();
        String path = url.group(1)
                .replace("telemetry.meters-3", TOPIC + "-api-3")
                .replace("iotda-relay.dlt-0", "iotda-relay.dlt-api-0");
        boolean posts = data.find();
        String method = command.contains("-X DELETE") ? "DELETE" : posts ? "POST" : "GET";
        String credentials = user.group(1) + ":password-of-the-" + user.group(1);
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + port + "/actuator" + path))
                .timeout(Duration.ofSeconds(30))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        if (!method.equals("GET")) {
            assertThat(command).contains("Content-Type: application/json");
            request.header("Content-Type", "application/json");
        }
        HttpResponse<String> answer = HTTP.send(
                request.method(
                                method,
                                posts
                                        ? HttpRequest.BodyPublishers.ofString(
                                                data.group(1).replace("telemetry.meters-3", TOPIC + "-api-3"))
                                        : HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return new Exchange(method.toLowerCase(java.util.Locale.ROOT), path, answer.statusCode(), answer.body());
    }

    /** The path as it is described: one without variables goes first. */
    private static String described(String path) {
        String plain = path.replaceFirst("\\?.*", "");
        JsonNode paths = DESCRIPTION.path("paths");
        if (paths.has(plain)) {
            return plain;
        }
        return paths.propertyNames().stream()
                .filter(each -> plain.matches(each.replaceAll("\\{[^}]*\\}", "[^/]+")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(plain + " is not described"));
    }

    private static void assertDescribed(Exchange exchange) {
        JsonNode response = DESCRIPTION
                .path("paths")
                .path(described(exchange.path()))
                .path(exchange.method())
                .path("responses")
                .path(String.valueOf(exchange.status()));
        if (response.has("$ref")) {
            response = DESCRIPTION.at(response.path("$ref").asString("").substring(1));
        }
        JsonNode schema = response.path("content").path("application/json").path("schema");
        assertThat(schema.isObject()).as("described: " + exchange).isTrue();
        ObjectNode whole = (ObjectNode) schema.deepCopy();
        whole.set("components", DESCRIPTION.path("components"));
        List<Error> errors = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole.toString(), InputFormat.JSON)
                .validate(exchange.body(), InputFormat.JSON);
        assertThat(errors).as(exchange.toString()).isEmpty();
    }
}

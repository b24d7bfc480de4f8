package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** Who may see what: health and metrics are open, details and everything else ask for credentials. */
class EndpointsKeepTheirContractIT {

    private static final List<String> OPEN =
            List.of("/health", "/health/liveness", "/health/readiness", "/health/source", "/prometheus");
    private static final List<String> CLOSED = List.of(
            "",
            "/info",
            "/metrics",
            "/loggers",
            "/sbom",
            "/sbom/application",
            "/routes",
            "/quarantine",
            "/env",
            "/heapdump",
            "/configprops",
            "/shutdown");

    @Test
    void opensHealthAndMetricsOnly() throws Exception {
        try (Scene scene = Scene.of("endpoints", 2)) {
            // Given
            Fleet fleet = scene.fleet(10);
            ConfigurableApplicationContext relay = scene.start();
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            scene.settled(fleet, Duration.ofSeconds(20));
            Actuator anybody = Actuator.of(relay);
            Actuator operator = anybody.asOperator();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> anybody.status("readiness").equals("UP"));

            // Then
            for (String path : OPEN) {
                assertThat(anybody.get(path).statusCode()).as(path).isEqualTo(200);
            }
            for (String path : CLOSED) {
                assertThat(anybody.get(path).statusCode()).as(path).isEqualTo(401);
                assertThat(anybody.as("operator " + path, "wrong").get(path).statusCode())
                        .as(path)
                        .isEqualTo(401);
            }
            for (String path : List.of("", "/info", "/metrics", "/loggers", "/routes", "/quarantine")) {
                assertThat(operator.get(path).statusCode()).as(path).isEqualTo(200);
            }
            assertThat(operator.get("/sbom/application").body())
                    .isEqualTo(Yaml.text(Path.of("target/classes/META-INF/sbom/application.cdx.json")));
            for (String path : List.of("/env", "/heapdump", "/configprops", "/shutdown", "/beans")) {
                assertThat(operator.get(path).statusCode()).as(path).isEqualTo(404);
            }
            assertThat(anybody.post("/loggers/root", "{\"configuredLevel\":\"OFF\"}")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(anybody.post("/health", "{}").statusCode()).isEqualTo(401);
            assertThat(anybody.post("/routes/properties", "{}").statusCode()).isEqualTo(401);
            for (String body : List.of("", "{}")) {
                assertThat(operator.post("/routes/properties", body).statusCode())
                        .as("'%s'", body)
                        .isEqualTo(200);
                assertThat(operator.post("/routes/unheard-of", body).statusCode())
                        .as("'%s'", body)
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void showsDetailsToTheOperatorOnly() throws Exception {
        try (Scene scene = Scene.of("details", 2)) {
            // Given
            Fleet fleet = scene.fleet(10);
            ConfigurableApplicationContext relay = scene.start();
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            scene.settled(fleet, Duration.ofSeconds(20));
            Actuator anybody = Actuator.of(relay);
            await().atMost(Duration.ofSeconds(10)).until(() -> partitionsWithCommits(anybody) == 2);

            // When
            JsonNode shown = anybody.json("/health");
            JsonNode details = anybody.asOperator().json("/health").path("components");

            // Then
            assertThat(shown.path("status").asString()).isEqualTo("UP");
            assertThat(shown.path("components").propertyNames()).contains("source", "iotda", "devices", "deadLetters");
            for (String component : shown.path("components").propertyNames()) {
                assertThat(shown.path("components").path(component).propertyNames())
                        .as(component)
                        .containsOnly("status");
            }
            JsonNode partition =
                    details.path("source").path("details").path("partitions").path("details-0");
            assertThat(partition.propertyNames()).contains("committed", "lag", "inFlight", "oldestUnfinished");
            assertThat(partition.path("lag").asInt(-1)).isZero();
            assertThat(partition.path("inFlight").asInt(-1)).isZero();
            assertThat(details.path("devices").path("details").path("devices").asInt())
                    .isEqualTo(10);
            assertThat(details.path("iotda").path("details").path("breakers").propertyNames())
                    .containsExactlyInAnyOrder("configuration", "iotda", "device-auth");
            assertThat(details.path("deadLetters").path("details").path("topic").asString())
                    .isEqualTo("details.dlt");
        }
    }

    @Test
    void refusesEveryoneWhereNoPasswordIsSet() throws Exception {
        try (Scene scene = Scene.of("closed", 1)) {
            // Given
            scene.fleet(1);
            scene.relays().without("spring.security.user.name").without("spring.security.user.password");
            Actuator anybody = Actuator.of(scene.start());

            // Then
            assertThat(anybody.get("/health/liveness").statusCode()).isEqualTo(200);
            assertThat(anybody.get("/info").statusCode()).isEqualTo(401);
            for (String user : List.of("user", "admin", "operator", "")) {
                for (String password : List.of("", "password", "user")) {
                    assertThat(anybody.as(user, password).get("/info").statusCode())
                            .as(user + ":" + password)
                            .isEqualTo(401);
                }
            }
        }
    }

    /** Whoever keeps a connection open is heard again, even where a request came while the former was being answered. */
    @Test
    void answersWhatComesNextOnAConnectionThatIsKept() throws Exception {
        try (Scene scene = Scene.of("kept", 1)) {
            // Given
            scene.fleet(1);
            Actuator actuator = Actuator.of(scene.start());
            try (Socket connection = new Socket("localhost", actuator.port())) {
                connection.setSoTimeout((int) Duration.ofSeconds(10).toMillis());

                // When
                connection.getOutputStream().write(Scene.bytes(get("/health") + get("/health/%2e%2e")));
                readTo(connection, "HTTP/1.1 400 ");
                connection.getOutputStream().write(Scene.bytes(get("/health/liveness")));

                // Then
                readTo(connection, "HTTP/1.1 200 ");
            }
        }
    }

    private static String get(String path) {
        return "GET /actuator" + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    private static void readTo(Socket connection, String expected) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(expected) < 0) {
            int next = connection.getInputStream().read();
            assertThat(next).as(() -> "the connection ended after " + text).isNotNegative();
            text.append((char) next);
        }
    }

    private static long partitionsWithCommits(Actuator actuator) {
        return actuator.asOperator()
                .json("/health/source")
                .path("details")
                .path("partitions")
                .valueStream()
                .filter(partition -> partition.has("committed"))
                .count();
    }
}

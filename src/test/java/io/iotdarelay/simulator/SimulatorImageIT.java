package io.iotdarelay.simulator;

import static io.iotdarelay.testing.RelayContainer.docker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.RelayContainer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The simulator's image in a hardened container. {@code TARGET=simulator .ci/image} builds it. */
@EnabledIfSystemProperty(
        named = "simulator.image",
        matches = ".+",
        disabledReason = "no image of the simulator to test: see .ci/image")
class SimulatorImageIT {

    private static final String IMAGE = System.getProperty("simulator.image", "");

    @Test
    void servesWithNothingWritable() throws Exception {
        // Given
        List<String> command = new ArrayList<>(List.of("run", "--detach", "--network", "host"));
        command.addAll(RelayContainer.HARDENED);
        command.addAll(List.of(IMAGE, "--host=127.0.0.1", "--port=0", "--control-port=0", "--devices=1"));
        String id = docker(command.toArray(String[]::new));
        try (HttpClient http = HttpClient.newHttpClient()) {
            // When
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> docker("logs", id).lines().anyMatch(line -> line.startsWith("http://")));
            List<String> lines = docker("logs", id).lines().toList();
            String endpoint = first(lines, "https://");
            String control = first(lines, "http://");
            String authority = http.send(
                            HttpRequest.newBuilder(URI.create(control + "/ca.pem"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();

            // Then
            assertThat(new PlainClient(endpoint, authority).token("device-0", "secret-of-device-0"))
                    .isNotEmpty();
            assertThat(docker("image", "inspect", "--format", "{{.Config.User}}", IMAGE))
                    .isEqualTo("65532:65532");
        } finally {
            docker("rm", "--force", id);
        }
    }

    private static String first(List<String> lines, String beginning) {
        return lines.stream()
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .orElseThrow();
    }
}

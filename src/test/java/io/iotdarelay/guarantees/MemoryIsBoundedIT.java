package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.FormatLibraries;
import io.iotdarelay.testing.RelayProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A backlog larger than the heap, and a platform that is down: memory stays within what is configured, and nothing is lost. Formats that
 * no route names take none of it.
 */
class MemoryIsBoundedIT {

    private static final int RECORDS = 60_000;
    private static final int IN_FLIGHT = 16 * 1024 * 1024;

    @Test
    void outlastsAnOutageWithABacklogLargerThanTheHeap() throws Exception {
        try (Scene scene = Scene.of("bounded", 6)) {
            // Given
            scene.fleet(200);
            scene.relays()
                    .with("relay.source.max-in-flight-size", "16MB")
                    .with("relay.source.max-in-flight-records", "1000000");
            String padding = "x".repeat(2048);
            for (int i = 0; i < RECORDS; i++) {
                scene.send("bounded-" + i % 200, "{\"n\":" + i + ",\"padding\":\"" + padding + "\"}");
            }
            scene.flush();
            scene.simulator().faults().inject(new Fault.Answer(Reply.html(503)));

            // When
            Path classes = scene.relays().directory().resolve("classes.log");
            RelayProcess relay = scene.relays()
                    .startProcess("-Xmx128m", "-XX:+ExitOnOutOfMemoryError", "-Xlog:class+load:file=" + classes);
            try (relay) {
                Actuator actuator = Actuator.at(relay.awaitPort());
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> actuator.status("iotda").equals("OUT_OF_SERVICE"));
                Map<String, Double> during = actuator.metrics();
                scene.simulator().faults().clear();
                await().atMost(Duration.ofSeconds(90))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> scene.kafka().lag("bounded", "bounded") == 0 || !relay.isAlive());

                // Then
                assertThat(relay.isAlive())
                        .as(String.join("\n", relay.output()))
                        .isTrue();
                assertThat(scene.simulator().ledger().acceptedCount()).isEqualTo(RECORDS);
                double inFlight = Actuator.sum(during, "relay_records_in_flight{");
                assertThat(inFlight).isBetween(1.0, 1.5 * IN_FLIGHT / padding.length());
                assertThat(FormatLibraries.loaded(Files.readString(classes)))
                        .as("classes of formats that no route names")
                        .isEmpty();
            }
        }
    }
}

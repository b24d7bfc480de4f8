package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.RelayProcess;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** Alive but not progressing shows in health and metrics within 30 seconds. */
@Execution(ExecutionMode.CONCURRENT)
class StalledPartitionIsReportedIT {

    @Test
    void reportsWhichPartitionMakesNoProgress() throws Exception {
        try (Scene scene = Scene.of("progress", 1)) {
            // Given
            scene.simulator().register(SimulatedDevice.direct("stuck", "secret-of-stuck"));
            Fleet fleet = scene.fleet(10);
            RelayProcess relay = scene.startProcess();
            Actuator actuator = Actuator.at(relay.awaitPort());
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            scene.settled(fleet, Duration.ofSeconds(20));
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> actuator.status("source").equals("UP"));

            // When
            scene.simulator().faults().inject(Faults.device("stuck"), new Fault.Answer(Reply.html(500)));
            scene.send("stuck", "{\"n\":1}");
            scene.flush();
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            await().atMost(Duration.ofSeconds(35))
                    .until(() -> actuator.status("source").equals("DOWN"));

            // Then
            JsonNode details = actuator.asOperator().json("/health/source").path("details");
            assertThat(details.path("stagnant").toString()).contains("progress-0");
            Map<String, Double> metrics = actuator.metrics();
            assertThat(metrics.get("relay_partition_oldest_unfinished_seconds{partition=\"0\",topic=\"progress\"}"))
                    .isGreaterThan(25.0);
            assertThat(actuator.status("liveness")).isEqualTo("UP");

            // And when
            scene.simulator().faults().clear();

            // Then
            await().atMost(Duration.ofSeconds(35))
                    .until(() -> actuator.status("source").equals("UP"));
        }
    }
}

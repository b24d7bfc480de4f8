package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.RelayProcess;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** What retention deletes before it is read does not go unnoticed. */
@Execution(ExecutionMode.CONCURRENT)
class LostRecordsAreReportedIT {

    @Test
    void countsWhatWasDeletedWhileNobodyReadAndUntilSomebodyAcknowledgesIt() throws Exception {
        try (Scene scene = Scene.of("lost-while-down", 1)) {
            // Given
            Fleet fleet = scene.fleet(10);
            try (RelayProcess first = scene.startProcess()) {
                first.awaitPort();
                fleet.produceForEach(scene.producer(), scene.topic(), 5);
                scene.settled(fleet, Duration.ofSeconds(30));
                first.terminate(); // and leaves the group
                assertThat(first.exitCode(Duration.ofSeconds(30))).isZero();
            }

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), 20);
            deleteBefore(scene, 200);
            RelayProcess second = scene.startProcess();
            Actuator actuator = Actuator.at(second.awaitPort()).asOperator();

            // Then
            await().atMost(Duration.ofSeconds(40)).until(() -> lost(actuator, "lost-while-down") > 0);
            assertThat(actuator.status("source")).isEqualTo("DOWN");
            assertThat(actuator.json("/health/source").path("details").toString())
                    .contains("150 records of lost-while-down-0, offsets 50 to 199");
            assertThat(lost(actuator, "lost-while-down")).isEqualTo(150.0);
            assertThat(actuator.metrics())
                    .containsEntry("relay_partition_lost{partition=\"0\",topic=\"lost-while-down\"}", 150.0);
            assertThat(actuator.status("readiness")).isEqualTo("UP");
            JsonNode loss = actuator.json("/losses").path("losses").path(0);
            assertThat(loss.path("from").asInt()).isEqualTo(50);
            assertThat(loss.path("to").asInt()).isEqualTo(199);

            // And when
            assertThat(actuator.post("/losses/lost-while-down-7", "{}").statusCode())
                    .isEqualTo(404);
            assertThat(actuator.post("/losses/nothing", "{}").statusCode()).isEqualTo(404);
            assertThat(Actuator.at(actuator.port())
                            .post("/losses/lost-while-down-0", "{}")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(actuator.post("/losses/lost-while-down-0", "{}").body()).contains("acknowledged");

            // Then
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> actuator.status("source").equals("UP"));
            assertThat(lost(actuator, "lost-while-down")).isEqualTo(150.0);
        }
    }

    @Test
    void countsWhatWasDeletedWhileAPartitionWasPausedAndNoMarkerOfATransaction() throws Exception {
        try (Scene scene = Scene.of("lost-while-paused", 1);
                Producer<byte[], byte[]> transactions = OpenTransactionIsReportedIT.transactional(scene)) {
            // Given
            Fleet fleet = scene.fleet(10);
            RelayProcess relay = scene.startProcess();
            Actuator actuator = Actuator.at(relay.awaitPort()).asOperator();
            transactions.initTransactions();
            for (int i = 0; i < 20; i++) {
                transactions.beginTransaction();
                transactions.send(new ProducerRecord<>(scene.topic(), null)).get();
                transactions.commitTransaction();
            }
            fleet.produceForEach(scene.producer(), scene.topic(), 1);
            scene.settled(fleet, Duration.ofSeconds(30));
            scene.simulator().faults().inject(call -> true, new Fault.Answer(Reply.html(503)));
            fleet.produceForEach(scene.producer(), scene.topic(), 1);
            await().atMost(Duration.ofSeconds(30)).until(() -> actuator.pausedPartitions("breaker-open") == 1);
            // Long enough for the relay to have judged the gaps of the markers.
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> actuator.metrics()
                                    .getOrDefault(
                                            "relay_partition_stalled_seconds{partition=\"0\",topic=\"lost-while-paused\"}",
                                            0.0)
                            > 8);

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), 300);
            long end = scene.kafka().count(scene.topic());
            deleteBefore(scene, end);
            scene.simulator().faults().clear();

            // Then
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> actuator.status("source").equals("DOWN") && lost(actuator, "lost-while-paused") > 0);
            double read = actuator.metrics().entrySet().stream()
                    .filter(sample -> sample.getKey().startsWith("relay_records_begun_total"))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
            assertThat(lost(actuator, "lost-while-paused") + read + 20).isEqualTo((double) end);
        }
    }

    private static double lost(Actuator actuator, String topic) {
        return actuator.metrics().getOrDefault("relay_records_lost_total{topic=\"" + topic + "\"}", 0.0);
    }

    /** As retention does it. */
    private static void deleteBefore(Scene scene, long offset) {
        scene.kafka()
                .administer(admin -> admin.deleteRecords(
                                Map.of(new TopicPartition(scene.topic(), 0), RecordsToDelete.beforeOffset(offset)))
                        .all()
                        .get());
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.RelayProcess;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Records behind an open transaction count as lag, and health shows what they wait for. */
@Execution(ExecutionMode.CONCURRENT)
class OpenTransactionIsReportedIT {

    @Test
    void saysThatAPartitionWaitsForAnOpenTransaction() throws Exception {
        try (Scene scene = Scene.of("open-transaction", 1);
                Producer<byte[], byte[]> left = transactional(scene)) {
            // Given
            Fleet fleet = scene.fleet(10);
            RelayProcess relay = scene.startProcess();
            Actuator actuator = Actuator.at(relay.awaitPort());
            left.initTransactions();
            left.beginTransaction();
            left.send(new ProducerRecord<>(scene.topic(), Scene.bytes("{}"))).get();

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), 50);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> actuator.status("source").equals("DOWN"));

            // Then
            assertThat(scene.simulator().ledger().acceptedCount()).isZero();
            String details =
                    actuator.asOperator().json("/health/source").path("details").toString();
            Map<String, Double> metrics = actuator.metrics();
            String labels = "{partition=\"0\",topic=\"open-transaction\"}";
            assertThat(metrics.get("relay_partition_lag" + labels)).isEqualTo(501.0);
            assertThat(details).contains("waiting for an open transaction: offsets 0 to 500");
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                Map<String, Double> later = actuator.metrics();
                assertThat(later)
                        .containsKey(
                                "relay_partition_waiting{partition=\"0\",reason=\"open-transaction\",topic=\"open-transaction\"}");
                assertThat(later.get("relay_partition_open_transaction_seconds" + labels))
                        .isGreaterThan(25.0);
                assertThat(later.get("relay_partition_stalled_seconds" + labels))
                        .isGreaterThan(25.0);
            });

            // And when
            left.abortTransaction();

            // Then
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> actuator.status("source").equals("UP"));
            scene.awaitEachOnce(fleet, Duration.ofSeconds(30));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(actuator.metrics().get("relay_partition_lag" + labels))
                            .isZero());
        }
    }

    static Producer<byte[], byte[]> transactional(Scene scene) {
        return scene.kafka()
                .producer(Map.of(
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        scene.topic(),
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        (int) Duration.ofMinutes(10).toMillis()));
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.RelayProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Brokers count compressed bytes. What a batch expands to does not take down the relay, nor what lies beside it. */
@Execution(ExecutionMode.CONCURRENT)
class ExpandingRecordsIT {

    private static final String[] HEAP = {"-Xmx256m", "-XX:+ExitOnOutOfMemoryError"};
    private static final int MEGABYTE = 1_000_000;
    private static final int RECORDS = 400;
    private static final int LARGE_RECORDS = 10;

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void areReadWithinASmallHeap() throws Exception {
        try (Scene scene = Scene.of("expanding", 1);
                Producer<byte[], byte[]> compressing = compressing(scene)) {
            // Given
            Fleet fleet = scene.fleet(10);
            scene.register("bomber");
            scene.relays().withDevicesOfSimulator();
            scene.kafka().createTopic("expanding.beside", 1);
            scene.relays().with("relay.routes[0].topics[1]", "expanding.beside");
            byte[] zeros = new byte[MEGABYTE - 10_000];
            byte[] padded = ("{\"n\":1,\"padding\":\"" + "x".repeat(MEGABYTE - 10_000) + "\"}")
                    .getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < RECORDS; i++) {
                send(
                        compressing,
                        new ProducerRecord<>(scene.topic(), Scene.bytes("bomber"), i % 2 == 0 ? zeros : padded));
            }
            for (int i = 0; i < LARGE_RECORDS; i++) {
                send(compressing, new ProducerRecord<>(scene.topic(), Scene.bytes("bomber"), new byte[25 * MEGABYTE]));
            }
            compressing.flush();
            fleet.produceForEach(scene.producer(), "expanding.beside", 20);

            // When
            RelayProcess relay = scene.relays().startProcess(HEAP);
            try (relay) {
                await().atMost(Duration.ofSeconds(90))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> !relay.isAlive()
                                || (scene.kafka().lag(scene.topic(), scene.topic()) == 0
                                        && scene.kafka().lag(scene.topic(), "expanding.beside") == 0));

                // Then
                assertThat(relay.isAlive())
                        .as(String.join("\n", relay.output()))
                        .isTrue();
                scene.awaitEachOnce(fleet, Duration.ofSeconds(1));
                assertThat(scene.deadLetters()).isEqualTo(RECORDS / 2 + LARGE_RECORDS);
                assertThat(scene.arrived("bomber")).hasSize(RECORDS / 2);
                assertThat(relay.output()).noneMatch(line -> line.contains("ERROR") && line.contains("eserializer"));
            }
        }
    }

    /** Each partition has its turn; what the consumer has decompressed for those that wait must not add up. */
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void areReadInManyPartitionsAtOnceWhileThePlatformIsSlow() throws Exception {
        try (Scene scene = Scene.of("expanding-everywhere", 12);
                Producer<byte[], byte[]> compressing = compressing(scene)) {
            // Given
            String padding = "x".repeat(25 * MEGABYTE);
            for (int partition = 0; partition < 12; partition++) {
                scene.register("bomber-" + partition);
                for (int i = 0; i < 3; i++) {
                    send(
                            compressing,
                            new ProducerRecord<>(
                                    scene.topic(),
                                    partition,
                                    Scene.bytes("bomber-" + partition),
                                    Scene.bytes("{\"n\":" + i + ",\"padding\":\"" + padding + "\"}")));
                }
                compressing.flush();
            }
            scene.relays().withDevicesOfSimulator();
            scene.simulator().faults().inject(new Fault.Delay(Duration.ofMillis(200), Duration.ofMillis(400)));

            // When
            RelayProcess relay = scene.relays().startProcess(HEAP);
            try (relay) {
                await().atMost(Duration.ofSeconds(90))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> !relay.isAlive() || scene.kafka().lag(scene.topic(), scene.topic()) == 0);

                // Then
                assertThat(relay.isAlive())
                        .as(String.join("\n", relay.output()))
                        .isTrue();
                for (int partition = 0; partition < 12; partition++) {
                    assertThat(scene.arrived("bomber-" + partition)).containsExactly(0, 1, 2);
                }
            }
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void stopOnlyTheirPartitionWhereOneIsTooLarge() throws Exception {
        try (Scene scene = Scene.of("one-too-large", 2);
                Producer<byte[], byte[]> compressing = compressing(scene)) {
            // Given
            Fleet fleet = scene.fleet(10);
            send(compressing, new ProducerRecord<>(scene.topic(), 0, Scene.bytes("bomber"), new byte[60 * MEGABYTE]));
            compressing.flush();
            fleet.produceForEach(scene.producer(), scene.topic(), 20);
            long readable = scene.kafka().count(scene.topic(), 1);

            // When
            RelayProcess relay = scene.relays().startProcess(HEAP);
            try (relay) {
                Actuator actuator = Actuator.at(relay.awaitPort()).asOperator();

                // Then
                await().atMost(Duration.ofSeconds(30)).until(() -> actuator.pausedPartitions("unreadable") == 1);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> scene.simulator().ledger().acceptedCount() == readable);
                assertThat(actuator.json("/health/source").toString())
                        .contains("one-too-large-0", "60000000 bytes uncompressed", "with this heap at most");
                assertThat(relay.isAlive()).isTrue();

                // And when
                deleteBefore(scene, 0, 1);

                // Then
                scene.awaitEachOnce(fleet, Duration.ofSeconds(60));
            }
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void areLeftOutOnceTheyHaveKilledSeveralProcessesInARow() throws Exception {
        try (Scene scene = Scene.of("killer", 3);
                Producer<byte[], byte[]> compressing = compressing(scene)) {
            // Given
            scene.relays().with("spring.kafka.consumer.properties[session.timeout.ms]", "6000");
            Fleet fleet = scene.fleet(10);
            send(compressing, new ProducerRecord<>(scene.topic(), 2, Scene.bytes("bomber"), new byte[300 * MEGABYTE]));
            compressing.flush();
            fleet.produceForEach(scene.producer(), scene.topic(), 20);
            long readable =
                    scene.kafka().count(scene.topic(), 0) + scene.kafka().count(scene.topic(), 1);

            // When
            for (int death = 1; death <= 4; death++) {
                try (RelayProcess relay = scene.relays().startProcess(HEAP)) {
                    assertThat(relay.exitCode(Duration.ofSeconds(90)))
                            .as("death " + death)
                            .isEqualTo(3);
                    boolean told = relay.output().stream().anyMatch(line -> line.contains("several times in a row"));
                    assertThat(told).as(String.join("\n", relay.output())).isEqualTo(death > 2);
                }
            }

            // Then
            RelayProcess relay = scene.relays().startProcess(HEAP);
            try (relay) {
                Actuator actuator = Actuator.at(relay.awaitPort()).asOperator();
                await().atMost(Duration.ofSeconds(60)).until(() -> actuator.pausedPartitions("unreadable") == 1);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> scene.simulator().ledger().acceptedCount() >= readable);
                assertThat(actuator.json("/health/source").toString())
                        .contains("killer-2", "has crashed the process 4 times in a row");

                // And when
                deleteBefore(scene, 2, 1);

                // Then
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(
                                () -> assertThat(scene.audit(fleet).lost()).isEmpty());
                assertThat(relay.isAlive()).isTrue();
            }
        }
    }

    private static void deleteBefore(Scene scene, int partition, long offset) {
        scene.kafka()
                .administer(admin -> admin.deleteRecords(Map.of(
                                new TopicPartition(scene.topic(), partition), RecordsToDelete.beforeOffset(offset)))
                        .all()
                        .get());
    }

    private static void send(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        Future<?> unused = producer.send(record);
    }

    private static Producer<byte[], byte[]> compressing(Scene scene) {
        return scene.kafka()
                .producer(Map.of(
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "zstd",
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        16 * MEGABYTE,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        400 * MEGABYTE,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        400 * MEGABYTE,
                        ProducerConfig.LINGER_MS_CONFIG,
                        1000));
    }
}

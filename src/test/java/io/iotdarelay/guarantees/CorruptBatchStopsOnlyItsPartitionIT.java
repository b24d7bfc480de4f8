package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.RelayProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A batch that is corrupt on the broker's disk holds up what lies behind it, and nothing else. */
@Execution(ExecutionMode.CONCURRENT)
class CorruptBatchStopsOnlyItsPartitionIT {

    /** Within the first record of the first batch, whose header has 61 bytes. */
    private static final int SOMEWHERE = 70;

    @Test
    void continuesWithTheOtherPartitionsAndWithThisOneWhenItIsRepaired() throws Exception {
        try (Scene scene = Scene.of("corrupt", 2)) {
            // Given
            Fleet fleet = scene.fleet(20);
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            Path segment = scene.kafka().firstSegment(scene.topic(), 0);
            flip(segment);

            // When
            RelayProcess relay = scene.startProcess();
            Actuator actuator = Actuator.at(relay.awaitPort()).asOperator();

            // Then
            await().atMost(Duration.ofSeconds(30)).until(() -> actuator.pausedPartitions("unreadable") == 1);
            long others = scene.kafka().count(scene.topic(), 1);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> scene.simulator().ledger().acceptedCount() == others);
            assertThat(actuator.json("/health/source").toString()).contains("corrupt-0", "is invalid");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> actuator.status("source").equals("DOWN"));

            // And when
            flip(segment);

            // Then
            scene.awaitEachOnce(fleet, Duration.ofSeconds(60));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> actuator.status("source").equals("UP"));
        }
    }

    private static void flip(Path segment) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(SOMEWHERE);
            int before = file.read();
            file.seek(SOMEWHERE);
            file.write(before ^ 0xff);
        }
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Dice;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.RelayProcess;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** kill -9 at any moment loses nothing, and repeats no more than what was in flight or not committed yet. */
@Execution(ExecutionMode.CONCURRENT)
class CrashLosesNothingIT {

    private static final int IN_FLIGHT = 500;

    @Test
    void survivesBeingKilledAgainAndAgain() throws Exception {
        try (Scene scene = Scene.of("crash", 4)) {
            // Given
            RandomGenerator dice = Dice.roll("crash");
            Fleet fleet = scene.fleet(100);
            scene.relays()
                    .with("relay.source.max-in-flight-records", String.valueOf(IN_FLIGHT))
                    .with("relay.source.commit-interval", "100ms")
                    .with("spring.kafka.consumer.max-poll-records", "50")
                    .with("spring.kafka.consumer.properties.session.timeout.ms", "3000")
                    .with("spring.kafka.consumer.properties.heartbeat.interval.ms", "500");
            scene.simulator().faults().inject(new Fault.Delay(Duration.ofMillis(20), Duration.ofMillis(60)));
            fleet.produce(scene.producer(), scene.topic(), 20_000, dice);

            // When
            int kills = 3;
            for (int kill = 1; kill <= kills; kill++) {
                long before = scene.simulator().ledger().acceptedCount();
                RelayProcess relay = scene.startProcess();
                long enough = before + 500 + dice.nextInt(1500);
                await().atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> scene.simulator().ledger().acceptedCount() > enough);
                relay.kill();
            }
            scene.startProcess();
            Audit audit = scene.settled(fleet, Duration.ofSeconds(60));

            // Then
            Scene.assertDeliveredInOrder(audit);
            assertThat(audit.duplicates())
                    .as("records repeated after %s crashes", kills)
                    .hasSizeLessThan(kills * 4 * IN_FLIGHT);
            assertThat(scene.deadLetters()).isZero();
        }
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Dice;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.RelayProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** SIGTERM under load: what is in flight arrives, is committed, and the process ends with 0. Nothing is repeated afterwards. */
class DrainSettlesInFlightIT {

    @Test
    void endsCleanlyUnderLoad() throws Exception {
        try (Scene scene = Scene.of("drain", 3)) {
            // Given
            Fleet fleet = scene.fleet(100);
            scene.relays().with("relay.source.max-in-flight-records", "1000");
            scene.simulator().faults().inject(new Fault.Delay(Duration.ofMillis(50), Duration.ofMillis(200)));
            fleet.produce(scene.producer(), scene.topic(), 20_000, Dice.roll("drain"));
            RelayProcess first = scene.startProcess();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> scene.simulator().ledger().acceptedCount() > 2000);

            // When
            first.terminate();
            int exitCode = first.exitCode(Duration.ofSeconds(30));

            // Then
            assertThat(exitCode).as(String.join("\n", first.output())).isZero();
            long accepted = scene.simulator().ledger().acceptedCount();
            assertThat(accepted).isLessThan(20_000);
            assertThat(scene.kafka().lag("drain", "drain")).isEqualTo(20_000 - accepted);

            // And when
            scene.startProcess();
            Audit audit = scene.settled(fleet, Duration.ofSeconds(60));

            // Then
            Scene.assertDeliveredOnce(audit);
        }
    }

    /** A backlog, and responses that take half of the drain: none is started whose response could not be waited for. */
    @Test
    void repeatsNothingWhereResponsesAreSlow() throws Exception {
        try (Scene scene = Scene.of("drain-slow", 3)) {
            // Given
            Fleet fleet = scene.fleet(100);
            scene.relays().with("relay.source.drain-timeout", "8s").with("relay.iotda.response-timeout", "5s");
            scene.simulator()
                    .faults()
                    .inject(Faults.reports(), new Fault.Delay(Duration.ofSeconds(3), Duration.ofSeconds(4)));
            fleet.produce(scene.producer(), scene.topic(), 5_000, Dice.roll("drain-slow"));
            RelayProcess first = scene.startProcess();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> scene.simulator().ledger().acceptedCount() > 200);
            fleet.produce(scene.producer(), scene.topic(), 5_000, Dice.roll("drain-slow-backlog"));

            // When
            first.terminate();
            int exitCode = first.exitCode(Duration.ofSeconds(30));

            // Then
            assertThat(exitCode).as(String.join("\n", first.output())).isZero();

            // And when
            scene.simulator().faults().clear();
            scene.startProcess();
            Audit audit = scene.settled(fleet, Duration.ofSeconds(60));

            // Then
            Scene.assertDeliveredOnce(audit);
        }
    }

    @Test
    void endsWithinItsBoundWhereNothingAnswers() throws Exception {
        try (Scene scene = Scene.of("drain-silent", 1)) {
            // Given
            Fleet fleet = scene.fleet(5);
            scene.relays().with("relay.source.drain-timeout", "2s");
            scene.simulator().faults().inject(Faults.reports(), new Fault.Silence());
            fleet.produceForEach(scene.producer(), scene.topic(), 2);
            RelayProcess relay = scene.startProcess();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> scene.simulator().ledger().requestCount() >= 10);

            // When
            long before = System.nanoTime();
            relay.terminate();
            int exitCode = relay.exitCode(Duration.ofSeconds(30));

            // Then
            assertThat(exitCode).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(9));
            assertThat(scene.kafka().lag("drain-silent", "drain-silent")).isEqualTo(10);
        }
    }
}

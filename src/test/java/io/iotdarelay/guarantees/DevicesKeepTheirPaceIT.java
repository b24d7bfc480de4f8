package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** A device sends no more often than its interval allows, and only the present where that is all that is wanted. */
class DevicesKeepTheirPaceIT {

    /** Time stamps are taken by the simulator, a little after the request was sent. */
    private static final Duration TOLERANCE = Duration.ofMillis(150);

    @Test
    void sendOneRequestInAnInterval() throws Exception {
        try (Scene scene = Scene.of("interval", 3)) {
            // Given
            Fleet fleet = scene.fleet(20);
            scene.relays().with("relay.lane.min-interval", "2s");
            scene.start();

            // When
            for (int round = 0; round < 3; round++) {
                fleet.produceForEach(scene.producer(), scene.topic(), 50);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> scene.simulator().ledger().acceptedCount() == fleet.total());
            }
            Audit audit = scene.settled(fleet, Duration.ofSeconds(30));

            // Then
            Scene.assertDeliveredOnce(audit);
            assertThat(fleet.devices()).allSatisfy(device -> {
                List<Ledger.Request> requests = scene.requests(Api.PROPERTIES, device);
                assertThat(requests).hasSizeBetween(3, 6);
                for (int i = 1; i < requests.size(); i++) {
                    assertThat(Duration.between(
                                    requests.get(i - 1).at(), requests.get(i).at()))
                            .isGreaterThan(Duration.ofSeconds(2).minus(TOLERANCE));
                }
            });
        }
    }

    @Test
    void sendOnlyTheLatestAndEveryRecordIsAccountedFor() throws Exception {
        try (Scene scene = Scene.of("latest", 3)) {
            // Given
            Fleet fleet = scene.fleet(20);
            scene.relays().with("relay.lane.keep", "latest").with("relay.lane.min-interval", "1s");
            fleet.produceForEach(scene.producer(), scene.topic(), 500);

            // When
            ConfigurableApplicationContext relay = scene.start();
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(fleet.devices())
                            .allSatisfy(device -> assertThat(scene.arrived(device))
                                    .isNotEmpty()
                                    .endsWith(499)));
            await().atMost(Duration.ofSeconds(10)).until(() -> scene.kafka().lag("latest", "latest") == 0);
            Actuator actuator = Actuator.of(relay);
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> Actuator.sum(actuator.metrics(), "relay_records_in_flight{") == 0);

            // Then
            Audit audit = scene.audit(fleet);
            assertThat(audit.outOfOrder()).isEmpty();
            assertThat(audit.duplicates()).isEmpty();
            assertThat(scene.deadLetters()).isZero();
            int sent = Math.toIntExact(scene.simulator().ledger().acceptedCount());
            assertThat(sent).isLessThan(fleet.total() / 4);
            Map<String, Double> metrics = actuator.metrics();
            assertThat(Actuator.sum(metrics, "relay_records_begun_total{"))
                    .isEqualTo(fleet.total())
                    .isEqualTo(Actuator.accountedFor(metrics));
            assertThat(Actuator.sum(metrics, "relay_records_superseded_total{"))
                    .isEqualTo(fleet.total() - sent)
                    .isEqualTo(Actuator.sum(metrics, "relay_records_skipped_total{"));
            assertThat(Actuator.sum(metrics, "relay_reports_total{outcome=\"superseded\""))
                    .isEqualTo(fleet.total() - sent);
        }
    }
}

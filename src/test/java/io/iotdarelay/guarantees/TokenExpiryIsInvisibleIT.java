package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Tokens come to their end under load, and no report suffers. */
class TokenExpiryIsInvisibleIT {

    @Test
    void renewsTokensBeforeAnyReportIsRefused() throws Exception {
        try (Scene scene = Scene.of("expiry", 3, new SimulatorOptions().tokenLifetime(Duration.ofSeconds(4)))) {
            // Given
            Fleet fleet = scene.fleet(50);
            scene.start();

            // When
            long end = System.nanoTime() + Duration.ofSeconds(12).toNanos();
            while (System.nanoTime() < end) {
                fleet.produceForEach(scene.producer(), scene.topic(), 1);
                int produced = fleet.total();
                await().atMost(Duration.ofSeconds(10))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> scene.simulator().ledger().acceptedCount() == produced);
            }
            Audit audit = scene.settled(fleet, Duration.ofSeconds(20));

            // Then
            Scene.assertDeliveredOnce(audit);
            assertThat(scene.simulator().ledger().requests(Api.PROPERTIES))
                    .extracting(Ledger.Request::status)
                    .containsOnly(200);
            assertThat(scene.simulator().ledger().requests(Api.DEVICE_AUTH).stream()
                            .collect(Collectors.groupingBy(Ledger.Request::device, Collectors.counting()))
                            .values())
                    .allSatisfy(fetches -> assertThat(fetches).isBetween(3L, 6L));
        }
    }

    @Test
    void authenticatesAgainOnceWhenATokenIsRevoked() throws Exception {
        try (Scene scene = Scene.of("revoked", 3)) {
            // Given
            Fleet fleet = scene.fleet(50);
            scene.start();
            fleet.produceForEach(scene.producer(), scene.topic(), 20);
            scene.settled(fleet, Duration.ofSeconds(20));

            // When
            scene.simulator().revokeAllTokens();
            fleet.produceForEach(scene.producer(), scene.topic(), 20);
            Audit audit = scene.settled(fleet, Duration.ofSeconds(20));

            // Then
            Scene.assertDeliveredOnce(audit);
            assertThat(scene.simulator().ledger().answers())
                    .containsEntry("PROPERTIES 403 IOTDA.000004", 50L)
                    .containsEntry("DEVICE_AUTH 200", 100L);
            assertThat(scene.deadLetters()).isZero();
        }
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** A platform that throttles is obeyed: no authentication, no open breaker, no dead letter, no reordering follows from it. */
class ThrottlingOnlySlowsDownIT {

    @Test
    void keepsToTheTenantsRate() throws Exception {
        try (Scene scene = Scene.of("throttled", 3)) {
            // Given
            Fleet fleet = scene.fleet(60);
            scene.simulator().faults().inject(Faults.reports(), new Fault.Throttle(15, true));
            ConfigurableApplicationContext relay = scene.start();

            // When
            for (int round = 0; round < 20; round++) {
                fleet.produceForEach(scene.producer(), scene.topic(), 5);
            }
            Audit audit = scene.settled(fleet, Duration.ofSeconds(60));

            // Then
            Scene.assertDeliveredOnce(audit);
            assertThat(scene.simulator().ledger().requests(Api.DEVICE_AUTH)).hasSize(60);
            assertThat(scene.simulator().ledger().answers()).containsKey("PROPERTIES 403 IOTDA.021102");
            assertThat(Actuator.of(relay).status("iotda")).isEqualTo("UP");
            assertThat(scene.deadLetters()).isZero();
        }
    }

    @Test
    void keepsToTheQuotaThatWasBought() throws Exception {
        try (Scene scene = Scene.of("quota", 3)) {
            // Given
            Fleet fleet = scene.fleet(60);
            scene.relays().with("relay.quota.messages-per-second", "50");
            scene.simulator().faults().inject(Faults.reports(), new Fault.Throttle(70, true));
            fleet.produceForEach(scene.producer(), scene.topic(), 10);

            // When
            scene.start();
            Audit audit = scene.settled(fleet, Duration.ofSeconds(60));

            // Then
            Scene.assertDeliveredOnce(audit);
            assertThat(scene.simulator().ledger().answers()).doesNotContainKey("PROPERTIES 403 IOTDA.021102");
        }
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Dice;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is lost, nothing repeated, each device's order kept, and each device authenticates once. */
class ExactlyOnceInNormalOperationIT {

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void deliversEachRecordOnceInOrderWithOneTokenPerDevice(String groupProtocol) throws Exception {
        try (Scene scene = Scene.of("calm-" + groupProtocol, 6)) {
            // Given
            Fleet fleet = scene.fleet(1000);
            scene.relays().with("spring.kafka.consumer.properties.group.protocol", groupProtocol);
            fleet.produce(scene.producer(), scene.topic(), 20_000, Dice.roll("calm"));

            // When
            scene.start();
            Audit audit = scene.settled(fleet, Duration.ofSeconds(60));

            // Then
            Scene.assertDeliveredOnce(audit);
            List<Ledger.Request> authentications = scene.simulator().ledger().requests(Api.DEVICE_AUTH);
            assertThat(authentications).extracting(Ledger.Request::status).containsOnly(200);
            assertThat(authentications)
                    .extracting(Ledger.Request::device)
                    .doesNotHaveDuplicates()
                    .hasSize(1000);
            assertThat(scene.simulator().ledger().requests())
                    .extracting(Ledger.Request::status)
                    .containsOnly(200);
            assertThat(scene.deadLetters()).isZero();
        }
    }
}

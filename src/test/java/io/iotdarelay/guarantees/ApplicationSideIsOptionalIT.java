package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.Device;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.Ports;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The relay delivers with or without the application side, and whether or not that answers. */
class ApplicationSideIsOptionalIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int DEVICES = 20;

    @Test
    void nothingOfItExistsWithoutItsKeys() throws Exception {
        try (Scene scene = Scene.of("no-application-side", 3)) {
            Fleet fleet = scene.fleet(DEVICES);
            ConfigurableApplicationContext relay = scene.start();
            Actuator actuator = Actuator.of(relay).asOperator();

            fleet.produceForEach(scene.producer(), scene.topic(), 3);

            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));
            assertThat(relay.getBeanNamesForType(ApplicationSide.class)).isEmpty();
            assertThat(actuator.json("/health").path("components").has("platform"))
                    .isFalse();
            assertThat(actuator.metrics().keySet()).noneMatch(name -> name.startsWith("relay_platform"));
        }
    }

    @Test
    void anOutageOfItStopsNobody() throws Exception {
        try (Scene scene = Scene.of("application-side-away", 3)) {
            // Given
            Fleet fleet = scene.fleet(DEVICES);
            scene.relays()
                    .with("relay.platform.endpoint", "https://localhost:" + Ports.free())
                    .with("relay.platform.region", "cn-north-4")
                    .with("relay.platform.project-id", "0a1b2c3d4e5f60718293a4b5c6d7e8f9")
                    .with("relay.platform.access-key", "RELAYAK")
                    .with("relay.platform.secret-key", "RelaySk");
            ConfigurableApplicationContext relay = scene.start();
            Actuator actuator = Actuator.of(relay).asOperator();
            await().atMost(SOON).until(() -> actuator.status("readiness").equals("UP"));
            assertThat(actuator.status("platform")).as("nobody has asked").isEqualTo("UNKNOWN");

            // When
            ApplicationSide side = relay.getBean(ApplicationSide.class);
            Answer<Device> answer = side.device(new DeviceId("d")).block(SOON);
            fleet.produceForEach(scene.producer(), scene.topic(), 3);

            // Then
            assertThat(answer).isInstanceOf(Answer.Unreachable.class);
            assertThat(actuator.status("platform")).isEqualTo("OUT_OF_SERVICE");
            assertThat(actuator.status("readiness")).isEqualTo("UP");
            Scene.assertDeliveredOnce(scene.settled(fleet, SOON));
            assertThat(actuator.metrics())
                    .containsEntry("relay_platform_rate", 10.0)
                    .containsEntry("relay_platform_requests_total{api=\"get-device\",outcome=\"unreachable\"}", 1.0);
        }
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.ApplicationAccess;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.ModelFilter;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.SimulatedProduct;
import io.iotdarelay.simulator.SimulatedProduct.Property;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;

/** A platform answers 200 and stores late, or does not store: what was delivered is looked for in the shadows, gently. */
@Execution(ExecutionMode.CONCURRENT)
class ArrivalIsProvenIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String WRONG = "arrival.wrong";
    private static final List<String> DEVICES = List.of("good-0", "good-1", "wrong-0", "wrong-1", "gateway");

    private static final SimulatedProduct METER =
            new SimulatedProduct(Map.of("S", Map.of("n", Property.of("int").between("0", "1000000"))));

    private static final String MODEL = """
        {"service_capabilities":[{"service_id":"S","properties":[
          {"property_name":"n","data_type":"int","min":"0","max":"1000000","method":"R"}]}]}""";

    private int n;

    @Test
    void whatIsDeliveredIsLookedForAndWhatIsNotStoredIsNamed() throws Exception {
        try (Scene scene = Scene.of("arrival", 2, new SimulatorOptions().modelFilter(ModelFilter.SILENT_PROPERTY))) {
            // Given
            ConfigurableApplicationContext relay = start(scene);
            Actuator actuator = Actuator.of(relay).asOperator();
            long began = System.nanoTime();
            scene.simulator().application().shadowDelay(Duration.ofSeconds(1));
            assertThat(actuator.status("readBack")).isEqualTo("UNKNOWN");

            // What is stored, though late
            awaitWhileReporting(scene, () -> {
                assertThat(seen(actuator, "properties", "stored") + seen(actuator, "properties", "newer"))
                        .isGreaterThan(2);
                assertThat(seen(actuator, "children", "stored") + seen(actuator, "children", "newer"))
                        .isPositive();
            });
            assertThat(actuator.json("/health/readBack")
                            .path("details")
                            .path("routes")
                            .path("properties")
                            .path("seen")
                            .asString(""))
                    .isNotEmpty();

            // What is silently discarded
            awaitWhileReporting(scene, () -> {
                assertThat(seen(actuator, "wrong", "missing")).isGreaterThanOrEqualTo(3);
                assertThat(actuator.status("readBack")).isEqualTo("DOWN");
            });
            assertThat(actuator.json("/health/readBack")
                            .path("details")
                            .path("notStored")
                            .toString())
                    .contains("route wrong, service S, property zz: missing on the platform, last of device wrong-")
                    .containsPattern("last of device wrong-[01], which reported [0-9]+; ")
                    .contains("the model of product meters has no such property: 'zz' of service S");
            assertThat(seen(actuator, "properties", "missing")).isZero();
            assertThat(actuator.status("readiness")).isEqualTo("UP");

            // Gently
            List<Ledger.Request> calls = scene.simulator().ledger().requests(Api.GET_SHADOW);
            long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds() + 1;
            assertThat(calls).hasSizeLessThanOrEqualTo((int) seconds);
            assertThat(calls).anyMatch(call -> call.device().equals("child"));
            assertThat(calls).noneMatch(call -> call.device().equals("gateway"));

            // The application side is away
            scene.simulator().faults().inject(Faults.application(), new Fault.Reset());
            double counted = Actuator.sum(actuator.metrics(), "relay_platform_read_back_total{");
            int accepted = scene.simulator().ledger().accepted("good-0").size();
            awaitWhileReporting(
                    scene, () -> assertThat(actuator.status("platform")).isEqualTo("OUT_OF_SERVICE"));
            awaitWhileReporting(
                    scene,
                    () -> assertThat(scene.simulator().ledger().accepted("good-0"))
                            .hasSizeGreaterThan(accepted + 5));
            assertThat(Actuator.sum(actuator.metrics(), "relay_platform_read_back_total{"))
                    .as("at most the one whose answer was on its way")
                    .isLessThanOrEqualTo(counted + 1);
            assertThat(actuator.status("readiness")).isEqualTo("UP");
        }
    }

    private static ConfigurableApplicationContext start(Scene scene) throws Exception {
        for (String device : DEVICES) {
            SimulatedDevice direct = SimulatedDevice.direct(device, "secret-of-" + device);
            scene.simulator().register(device.startsWith("wrong") ? direct.of(METER) : direct);
        }
        scene.simulator().register(SimulatedDevice.child("child", "gateway"));
        scene.kafka().createTopic(WRONG, 1);
        scene.kafka().createTopic("arrival.children", 1);
        Path model = scene.relays().directory().resolve("meters.json");
        Files.writeString(model, MODEL, StandardCharsets.UTF_8);
        ApplicationAccess access = scene.simulator().application().access();
        scene.relays()
                .withDevicesOfSimulator()
                .withPropertiesRoute(1, "wrong", WRONG)
                .with("relay.routes[1].services[0].properties.zz", "/n")
                .with("relay.routes[1].validation", "off")
                .withPropertiesRoute(2, "children", "arrival.children")
                .with("relay.routes[2].to", "gateway")
                .with("relay.models.products.meters.file", model.toUri().toString())
                .with("relay.models.devices[0].prefix", "wrong-")
                .with("relay.models.devices[0].product", "meters")
                .with("relay.platform.endpoint", scene.simulator().endpoint())
                .with("relay.platform.ssl-bundle", "iotda")
                .with("relay.platform.region", access.region())
                .with("relay.platform.project-id", access.projectId())
                .with("relay.platform.access-key", access.accessKey())
                .with("relay.platform.secret-key", access.secretKey())
                .with("relay.platform.signature", "derived")
                .with("relay.platform.read-back.enabled", "true")
                .with("relay.platform.read-back.interval", "1s")
                .with("relay.platform.read-back.patience", "3s");
        return scene.start();
    }

    private void awaitWhileReporting(Scene scene, org.awaitility.core.ThrowingRunnable assertion) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            n++;
            String value = "{\"n\":" + n + "}";
            scene.send("good-0", value);
            scene.send("good-1", value);
            scene.send(new ProducerRecord<>(WRONG, Scene.bytes("wrong-0"), Scene.bytes(value)));
            scene.send(new ProducerRecord<>(WRONG, Scene.bytes("wrong-1"), Scene.bytes(value)));
            scene.send(new ProducerRecord<>("arrival.children", Scene.bytes("child"), Scene.bytes(value)));
            scene.flush();
            assertion.run();
        });
    }

    private static double seen(Actuator actuator, String route, String outcome) {
        return actuator.metrics()
                .getOrDefault(
                        "relay_platform_read_back_total{outcome=\"" + outcome + "\",route=\"" + route
                                + "\",service=\"S\"}",
                        0.0);
    }
}

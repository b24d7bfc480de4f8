package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.ModelFilter;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.SimulatedProduct;
import io.iotdarelay.simulator.SimulatedProduct.Property;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A platform that discards whole requests for one value that does not fit, and answers 200. What does not fit never reaches it: it
 * is a dead letter that says why, or left out where the route says so; and the rest arrives.
 */
class ModelViolationsAreToldIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int EACH = 40;

    private static final String METERS = """
        {"service_capabilities":[{"service_id":"S","properties":[
          {"property_name":"n","data_type":"int","min":"0","max":"100000","method":"R"},
          {"property_name":"t","data_type":"decimal","min":"-40.0","max":"85.0","method":"R"}]}]}""";
    private static final String LIGHTS = """
        {"services":[{"serviceType":"S","properties":[
          {"propertyName":"n","dataType":"Int","min":0,"max":0,"maxLength":0,"step":0.0,"enumList":null},
          {"propertyName":"t","dataType":"string","maxLength":5}]}]}""";

    private static final SimulatedProduct METER = new SimulatedProduct(Map.of(
            "S",
            Map.of(
                    "n",
                    Property.of("int").between("0", "100000"),
                    "t",
                    Property.of("decimal").between("-40.0", "85.0"))));
    private static final SimulatedProduct LIGHT = new SimulatedProduct(
            Map.of("S", Map.of("n", Property.of("int"), "t", new Property("string", false, null, null, 5, List.of()))));

    private static final List<String> DEVICES =
            List.of("meter-a", "meter-b", "meter-c", "named", "light-a", "light-b", "child-a", "child-b");

    private static Scene scene;
    private static ConfigurableApplicationContext relay;

    @BeforeAll
    static void start() throws IOException {
        scene = Scene.of("models", 2, new SimulatorOptions().modelFilter(ModelFilter.SILENT_REQUEST));
        List<String> directory = new ArrayList<>(List.of("device_id,secret,gateway_id,product_id"));
        register(directory, METER, "meters", "named");
        register(directory, METER, "", "meter-a", "meter-b", "meter-c", "strip-a", "strip-b", "coerce-a");
        register(directory, LIGHT, "", "light-a", "light-b");
        register(directory, LIGHT, "", "gateway");
        for (String child : List.of("child-a", "child-b")) {
            directory.add(child + ",,gateway,meters");
            scene.simulator().register(SimulatedDevice.child(child, "gateway").of(METER));
        }
        scene.relays()
                .withDevices(directory)
                .with("relay.lane.linger", "50ms")
                .with("relay.models.products.meters.file", model("meters.json", METERS))
                .with("relay.models.products.lights.file", model("lights.json", LIGHTS))
                .with("relay.models.devices[0].prefix", "light-")
                .with("relay.models.devices[0].product", "lights")
                .with("relay.models.devices[1].pattern", "(meter|strip|coerce)-[a-z]")
                .with("relay.models.devices[1].product", "meters");
        route(0, "properties", scene.topic(), "properties");
        route(1, "plant", "models.plant", "gateway");
        route(2, "stripped", "models.strip", "properties");
        route(3, "coerced", "models.coerce", "properties");
        scene.relays().with("relay.routes[2].validation", "strip").with("relay.routes[3].validation", "coerce");
        relay = scene.start();
    }

    @AfterAll
    static void stop() throws Exception {
        scene.close();
    }

    @Test
    void severalDevicesViolateAtOnceAndTheOthersArrive() {
        // When
        for (int i = 0; i < EACH; i++) {
            for (String device : DEVICES) {
                send(device.startsWith("child") ? "models.plant" : scene.topic(), device, value(device, i));
            }
        }
        scene.flush();

        // Then
        List<Integer> wanted =
                IntStream.range(0, EACH).filter(i -> i % 4 != 3).boxed().toList();
        await().atMost(SOON)
                .untilAsserted(() -> DEVICES.forEach(
                        device -> assertThat(kept(device)).as(device).isEqualTo(wanted)));
        for (String device : DEVICES) {
            assertThat(scene.deadLettersOf(device)).as(device).hasSize(EACH / 4).allSatisfy(letter -> {
                assertThat(letter.text("iotda-relay-reason")).isEqualTo("model-violation");
                assertThat(letter.text("iotda-relay-detail"))
                        .isEqualTo(
                                device.startsWith("light")
                                        ? "product lights: S.t: string of 6 characters, max_length is 5"
                                        : "product meters: S.t: number above max 85.0");
            });
        }
        assertThat(Actuator.of(relay).metrics()).anySatisfy((name, count) -> {
            assertThat(name)
                    .startsWith("relay_model_findings_total{")
                    .contains("action=\"rejected\"", "route=\"properties\"", "rule=\"range\"");
            assertThat(count).isEqualTo(4.0 * EACH / 4);
        });
        assertThat(Actuator.of(relay).status("models")).isEqualTo("UP");
    }

    @Test
    void stripDeliversTheRestAndRejectsWhatHasNone() {
        // When
        send("models.strip", "strip-a", "{\"n\":1,\"t\":85.000000000000001}");
        send("models.strip", "strip-a", "{\"n\":-1,\"t\":85.1}");
        send("models.strip", "strip-b", "{\"n\":3,\"t\":1}");
        scene.flush();

        // Then
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(contents("strip-a")).containsExactly("n 1 t ");
            assertThat(contents("strip-b")).containsExactly("n 3 t 1");
            assertThat(scene.deadLettersOf("strip-a"))
                    .extracting(letter -> letter.text("iotda-relay-detail"))
                    .containsExactly("product meters: S.n: number below min 0; S.t: number above max 85.0");
        });
    }

    @Test
    void coerceConvertsWhatLosesNothing() {
        // When
        send("models.coerce", "coerce-a", "{\"n\":\"12\",\"t\":\"21.50\"}");
        send("models.coerce", "coerce-a", "{\"n\":13.0,\"t\":1}");
        send("models.coerce", "coerce-a", "{\"n\":13.5,\"t\":1}");
        scene.flush();

        // Then
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(contents("coerce-a")).containsExactly("n 12 t 21.50", "n 13 t 1");
            assertThat(scene.deadLettersOf("coerce-a")).hasSize(1);
        });
    }

    private static void register(List<String> directory, SimulatedProduct product, String named, String... devices) {
        for (String device : devices) {
            directory.add(device + ",secret-of-" + device + ",," + named);
            scene.simulator()
                    .register(SimulatedDevice.direct(device, "secret-of-" + device)
                            .of(product));
        }
    }

    private static void route(int index, String name, String topic, String to) {
        if (!topic.equals(scene.topic())) {
            scene.kafka().createTopic(topic, 1);
        }
        String route = "relay.routes[" + index + "].";
        scene.relays()
                .withPropertiesRoute(index, name, topic)
                .with(route + "to", to)
                .with(route + "services[0].properties.t", "/t");
    }

    private static void send(String topic, String device, String value) {
        scene.send(new ProducerRecord<>(topic, Scene.bytes(device), Scene.bytes(value)));
    }

    private static String model(String name, String json) throws IOException {
        Path file = scene.relays().directory().resolve(name);
        return Files.writeString(file, json, StandardCharsets.UTF_8).toUri().toString();
    }

    /** Every fourth does not fit. */
    private static String value(String device, int i) {
        if (device.startsWith("light")) {
            return "{\"n\":" + i + ",\"t\":\"" + (i % 4 == 3 ? "violet" : "green") + "\"}";
        }
        return "{\"n\":" + i + ",\"t\":" + (i % 4 == 3 ? "85.000000000000001" : "85.0") + "}";
    }

    /** The property {@code n} of each report that was accepted and kept, in order. */
    private static List<Integer> kept(String device) {
        return reports(device).map(report -> report.content().path("n").asInt()).toList();
    }

    private static List<String> contents(String device) {
        return reports(device)
                .map(Ledger.Accepted::content)
                .map(content -> "n " + content.path("n") + " t " + content.path("t"))
                .toList();
    }

    private static Stream<Ledger.Accepted> reports(String device) {
        List<Ledger.Accepted> accepted = scene.simulator().ledger().accepted(device);
        assertThat(accepted).as("discarded").noneMatch(Ledger.Accepted::discarded);
        return accepted.stream();
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.SimulatorOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the three kinds of route, and the form that is passed on, look like at the platform. */
class ReportsOnTheWireIT {

    private static final String ROUTES = """
        relay:
          routes:
            - name: meters
              topics: [wire.meters]
              to: properties
              device-id: /device_id
              services:
                - id: Meter
                  event-time: /ts
                  properties:
                    temperature: /payload/temp
                    voltage: { from: /payload/dv, type: decimal, scale: 0.1 }
                    "on": { from: /payload/on, type: boolean }
                    name: /payload/name
                    unit: { value: V }
            - name: alarms
              topics: [wire.alarms]
              to: message
              device-id: key
              message: { name: "header:type" }
            - name: plant
              topic-pattern: wire\\.plant\\..*
              to: gateway
              gateway-id: /gw
              device-id: /sensor
              services:
                - id: Sensor
                  properties:
                    v: /v
            - name: raw
              topics: [wire.raw]
              to: properties
              device-id: key
        """;

    private static final String WITHOUT_TIMES = """
        relay:
          routes:
            - name: clockless
              topics: [wire.clockless]
              to: properties
              device-id: key
              services:
                - id: Meter
                  event-time: { from: [/ts, arrival] }
                  properties: { v: /v }
            - name: clockless-plant
              topics: [wire.clockless-plant]
              to: gateway
              gateway-id: /gw
              device-id: /sensor
              services:
                - id: Sensor
                  event-time: arrival
                  properties: { v: /v }
        """;

    @Test
    void mapsPropertiesMessagesAndChildren() throws Exception {
        try (Scene scene = Scene.of("wire", 1)) {
            // Given
            scene.simulator()
                    .register(
                            SimulatedDevice.direct("meter", "secret-of-meter"),
                            SimulatedDevice.direct("alarm", "secret-of-alarm"),
                            SimulatedDevice.direct("gateway", "secret-of-gateway"),
                            SimulatedDevice.child("one", "gateway"),
                            SimulatedDevice.child("two", "gateway"));
            scene.relays().withDevicesOfSimulator().withoutRoutes().withYaml(ROUTES);
            for (String topic : List.of("wire.meters", "wire.alarms", "wire.plant.a", "wire.raw")) {
                scene.kafka().createTopic(topic, 1);
            }
            long time = 1_767_225_600_123L; // 2026-01-01T00:00:00.123Z

            // When
            scene.start();
            scene.send(record("wire.meters", time, null, """
                {"device_id":"meter","ts":1767225601,"payload":{"temp":21.50,"dv":2301,"on":1,"name":"Küche"}}"""));
            scene.send(new ProducerRecord<>(
                    "wire.alarms",
                    0,
                    time,
                    Scene.bytes("alarm"),
                    Scene.bytes("{\"what\":\"fire\"}"),
                    List.of(new RecordHeader("type", "urgent".getBytes(StandardCharsets.UTF_8)))));
            scene.send(record("wire.plant.a", time, null, "{\"sensor\":\"one\",\"gw\":\"gateway\",\"v\":1}"));
            scene.send(record("wire.plant.a", time, null, "{\"sensor\":\"two\",\"gw\":\"gateway\",\"v\":2}"));
            scene.send(record("wire.raw", time, "meter", """
                {"services":[{"service_id":"A","properties":{"x":1}},
                             {"service_id":"B","properties":{"y":"z"},"event_time":"2026-01-02T03:04:05+01:00"}]}"""));
            scene.flush();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> scene.simulator().ledger().acceptedCount() == 6);

            // Then
            assertThat(shown(scene, "meter"))
                    .containsExactlyInAnyOrder(
                            "PROPERTIES by meter Meter 2026-01-01T00:00:01.000Z"
                                    + " {\"temperature\":21.50,\"voltage\":230.1,\"on\":true,\"name\":\"Küche\",\"unit\":\"V\"}",
                            "PROPERTIES by meter A 2026-01-01T00:00:00.123Z {\"x\":1}",
                            "PROPERTIES by meter B 2026-01-02T02:04:05.000Z {\"y\":\"z\"}");
            assertThat(shown(scene, "alarm"))
                    .containsExactly("MESSAGES by alarm  null"
                            + " {\"name\":\"urgent\",\"id\":\"wire.alarms-0-0\",\"content\":{\"what\":\"fire\"}}");
            assertThat(shown(scene, "one"))
                    .containsExactly("GATEWAY by gateway Sensor 2026-01-01T00:00:00.123Z {\"v\":1}");
            assertThat(shown(scene, "two"))
                    .containsExactly("GATEWAY by gateway Sensor 2026-01-01T00:00:00.123Z {\"v\":2}");
            assertThat(scene.simulator().ledger().requests(Api.DEVICE_AUTH))
                    .extracting(Ledger.Request::device)
                    .containsExactlyInAnyOrder("meter", "alarm", "gateway");
        }
    }

    @Test
    void leavesTheTimeOfArrivalToThePlatform() throws Exception {
        try (Scene scene = Scene.of("clockless", 1)) {
            // Given
            scene.simulator()
                    .register(
                            SimulatedDevice.direct("meter", "secret-of-meter"),
                            SimulatedDevice.direct("gateway", "secret-of-gateway"),
                            SimulatedDevice.child("one", "gateway"));
            scene.relays().withDevicesOfSimulator().withoutRoutes().withYaml(WITHOUT_TIMES);
            scene.kafka().createTopic("wire.clockless", 1);
            scene.kafka().createTopic("wire.clockless-plant", 1);
            long time = 1_767_225_600_123L; // 2026-01-01T00:00:00.123Z

            // When
            scene.start();
            scene.send(record("wire.clockless", time, "meter", "{\"ts\":1.61,\"v\":1}"));
            scene.send(record("wire.clockless", time, "meter", "{\"ts\":1767225601,\"v\":2}"));
            scene.send(record("wire.clockless-plant", time, null, "{\"sensor\":\"one\",\"gw\":\"gateway\",\"v\":3}"));
            scene.flush();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> scene.simulator().ledger().acceptedCount() == 3);

            // Then
            assertThat(shown(scene, "meter"))
                    .containsExactly(
                            "PROPERTIES by meter Meter null {\"v\":1}",
                            "PROPERTIES by meter Meter 2026-01-01T00:00:01.000Z {\"v\":2}");
            assertThat(shown(scene, "one")).containsExactly("GATEWAY by gateway Sensor null {\"v\":3}");
        }
    }

    @Test
    void joinsWhatWaitsUpToFiftyChildren() throws Exception {
        try (Scene scene = Scene.of("joined", 1)) {
            // Given
            scene.simulator().register(SimulatedDevice.direct("gateway", "secret-of-gateway"));
            for (int i = 0; i < 120; i++) {
                scene.simulator().register(SimulatedDevice.child("child-" + i, "gateway"));
            }
            scene.relays()
                    .withDevicesOfSimulator()
                    .with("relay.routes[1].name", "plant")
                    .with("relay.routes[1].topics[0]", "joined.plant")
                    .with("relay.routes[1].to", "gateway")
                    .with("relay.routes[1].device-id", "key")
                    .with("relay.routes[1].services[0].id", "Sensor")
                    .with("relay.routes[1].services[0].properties.v", "/v");
            scene.kafka().createTopic("joined.plant", 1);
            scene.simulator().faults().inject(new Fault.Delay(Duration.ofMillis(100), Duration.ofMillis(100)));
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 120; i++) {
                    scene.send(
                            record("joined.plant", 1_767_225_600_000L + round, "child-" + i, "{\"v\":" + round + "}"));
                }
            }
            scene.flush();

            // When
            scene.start();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> scene.simulator().ledger().acceptedCount() == 360);

            // Then
            assertThat(scene.simulator().ledger().requests(Api.GATEWAY))
                    .hasSizeLessThan(20)
                    .extracting(Ledger.Request::status)
                    .containsOnly(200);
            assertThat(scene.simulator().ledger().accepted("child-7"))
                    .extracting(report -> report.content().path("v").asInt())
                    .containsExactly(0, 1, 2);
        }
    }

    @Test
    void speaksTls12WhereThatIsAllThereIs() throws Exception {
        try (Scene scene = Scene.of("tls12", 1, new SimulatorOptions().withoutTls13())) {
            scene.fleet(1).produceForEach(scene.producer(), scene.topic(), 3);

            scene.start();

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> scene.simulator().ledger().acceptedCount() == 3);
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, long time, @Nullable String key, String value) {
        return new ProducerRecord<>(topic, 0, time, Scene.bytes(key), Scene.bytes(value));
    }

    private static List<String> shown(Scene scene, String device) {
        return scene.simulator().ledger().accepted(device).stream()
                .map(report -> report.api() + " by " + report.sender() + " " + report.service() + " "
                        + report.eventTime() + " " + report.content())
                .toList();
    }
}

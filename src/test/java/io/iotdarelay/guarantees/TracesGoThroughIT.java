package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.OtlpReceiver;
import io.iotdarelay.testing.RelayProcess;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The trace that a record belongs to goes through to the request that carries it, to the spans, exemplars and log lines, of the
 * very jar that is shipped; and without an endpoint for traces there are none.
 */
@Execution(ExecutionMode.CONCURRENT)
class TracesGoThroughIT {

    private static final String CALL = "POST /v5/devices/{device_id}/sys/properties/report";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String TRACE_OF_REFUSED = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00f067aa0ba902b7";

    private final Queue<SimulatorOptions.Head> heads = new ConcurrentLinkedQueue<>();

    @Test
    void fromTheRecordToEverythingThatReportsIt() throws Exception {
        try (OtlpReceiver collector = OtlpReceiver.start();
                Scene scene = Scene.of("traces", 1, new SimulatorOptions().onHead(heads::add))) {
            // Given
            devices(scene);
            scene.relays()
                    .with("management.opentelemetry.tracing.export.otlp.endpoint", collector.address("traces"))
                    .with("management.opentelemetry.tracing.export.schedule-delay", "100ms")
                    .with("management.opentelemetry.logging.export.otlp.endpoint", collector.address("logs"))
                    .with("management.otlp.metrics.export.url", collector.address("metrics"))
                    .with("management.otlp.metrics.export.step", "1s")
                    .with("logging.structured.format.console", "ecs");
            RelayProcess relay = scene.startJar();
            relay.awaitPort();

            // When
            send(scene, "traced-device", TRACE);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> scene.simulator().ledger().acceptedCount() == 1);
            send(scene, "refused-device", TRACE_OF_REFUSED);
            await().atMost(Duration.ofSeconds(30)).until(() -> scene.deadLetters() == 1);

            // Then
            Span call = exported(collector, CALL);
            Span process = exported(collector, "process traces");
            assertThat(OtlpReceiver.hex(call.getTraceId())).isEqualTo(TRACE);
            assertThat(call.getParentSpanId()).isEqualTo(process.getSpanId());
            assertThat(OtlpReceiver.hex(process.getTraceId())).isEqualTo(TRACE);
            assertThat(OtlpReceiver.hex(process.getParentSpanId())).isEqualTo(PARENT);
            assertThat(reportHead().headers())
                    .containsEntry("traceparent", "00-" + TRACE + "-" + OtlpReceiver.hex(call.getSpanId()) + "-01");
            assertExemplars(Actuator.at(relay.port()), OtlpReceiver.hex(call.getSpanId()));
            assertRejectedInItsTrace(scene, collector);
            assertLogged(relay, collector);
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(collector.meters()).contains("relay.records.delivered"));
            assertThat(collector.everything()).doesNotContain("traced-device").contains("iotda-relay");
        }
    }

    @Test
    void nowhereUnlessSomebodyAsks() throws Exception {
        try (Scene scene = Scene.of("untraced", 1, new SimulatorOptions().onHead(heads::add))) {
            // Given
            devices(scene);
            ConfigurableApplicationContext relay = scene.start();

            // When
            send(scene, "traced-device", TRACE);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> scene.simulator().ledger().acceptedCount() == 1);

            // Then
            assertThat(reportHead().headers())
                    .containsOnlyKeys("host", "user-agent", "accept", "content-type", "content-length", "access_token");
            assertThat(relay.getBeansOfType(OpenTelemetry.class)).isEmpty();
            assertThat(relay.getBeansOfType(MeterRegistry.class)).hasSize(1);
        }
    }

    private static void devices(Scene scene) {
        scene.simulator()
                .register(
                        SimulatedDevice.direct("traced-device", "secret-of-traced"),
                        SimulatedDevice.direct("refused-device", "another-secret"));
        scene.relays()
                .withDevices(List.of(
                        "device_id,secret,gateway_id",
                        "traced-device,secret-of-traced,",
                        "refused-device,the-wrong-secret,"));
    }

    private static void send(Scene scene, String device, String trace) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(scene.topic(), Scene.bytes(device), Scene.bytes("{\"n\":1}"));
        record.headers().add("traceparent", Scene.bytes("00-" + trace + "-" + PARENT + "-01"));
        scene.send(record);
        scene.flush();
    }

    private SimulatorOptions.Head reportHead() {
        return heads.stream()
                .filter(head -> head.path().endsWith("/properties/report"))
                .findFirst()
                .orElseThrow();
    }

    private static Span exported(OtlpReceiver collector, String name) {
        return await().atMost(Duration.ofSeconds(15))
                .until(
                        () -> collector.spans().stream()
                                .filter(span -> span.getName().equals(name))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static void assertExemplars(Actuator actuator, String callId) {
        List<String> exemplars = actuator.get("/prometheus", "application/openmetrics-text; version=1.0.0")
                .body()
                .lines()
                .filter(line -> line.contains("trace_id=\"" + TRACE + "\""))
                .toList();
        assertThat(exemplars)
                .anyMatch(line -> line.startsWith("relay_request_duration_seconds_bucket{")
                        && line.contains("span_id=\"" + callId + "\""))
                .anyMatch(line -> line.startsWith("relay_record_latency_seconds_bucket{"));
    }

    private static void assertRejectedInItsTrace(Scene scene, OtlpReceiver collector) {
        Span reject = exported(collector, "reject traces");
        assertThat(OtlpReceiver.hex(reject.getTraceId())).isEqualTo(TRACE_OF_REFUSED);
        assertThat(reject.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(attributes(reject)).containsEntry("error.type", "device-rejected");
        DeadLetter letter = DeadLetter.all(scene.kafka(), "traces.dlt").getFirst();
        assertThat(letter.text("traceparent")).isEqualTo("00-" + TRACE_OF_REFUSED + "-" + PARENT + "-01");
    }

    /** What is logged about the refused device, on the console and to the collector. */
    private static void assertLogged(RelayProcess relay, OtlpReceiver collector) {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> collector.lines().stream()
                        .anyMatch(line -> OtlpReceiver.hex(line.getTraceId()).equals(TRACE_OF_REFUSED)));
        JsonNode line = relay.output().stream()
                .filter(text -> text.contains(TRACE_OF_REFUSED))
                .map(JsonMapper.shared()::readTree)
                .findFirst()
                .orElseThrow();
        assertThat(line.path("message").asString()).contains("A device was set aside");
        assertThat(line.path("trace.id").asString()).isEqualTo(TRACE_OF_REFUSED);
        assertThat(line.path("span.id").asString()).isEqualTo(PARENT);
        assertThat(line.at("/log/level").asString()).isEqualTo("WARN");
        assertThat(line.at("/service/name").asString()).isEqualTo("iotda-relay");
        assertThat(line.at("/service/version").asString()).isNotEmpty();
        assertThat(line.has("ecs")).isTrue();
    }

    private static Map<String, String> attributes(Span span) {
        return span.getAttributesList().stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey, attribute -> attribute.getValue().getStringValue()));
    }
}

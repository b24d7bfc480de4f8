package io.iotdarelay.tracing;

import static io.iotdarelay.testing.TestTelemetry.header;
import static io.iotdarelay.testing.TestTelemetry.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpenTelemetryTracingTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final RequestTrace.Target TARGET =
            new RequestTrace.Target("platform.example", 443, "/v5/devices/{device_id}/sys/properties/report");

    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final Map<String, String> headers = new HashMap<>();
    private final Tracing tracing = tracing(Sampler.parentBased(Sampler.alwaysOn()));

    @Test
    void aRequestContinuesTheTraceOfItsRecord() {
        deliver(traced(1));

        SpanData process = span("process topic");
        SpanData call = span("POST /v5/devices/{device_id}/sys/properties/report");
        assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(process.getTraceId()).isEqualTo(TRACE);
        assertThat(process.getParentSpanId()).isEqualTo("0000000000000001");
        assertThat(process.getLinks()).isEmpty();
        assertThat(attributes(process))
                .isEqualTo(Map.of(
                        "messaging.system", "kafka",
                        "messaging.operation.name", "process",
                        "messaging.operation.type", "process",
                        "messaging.destination.name", "topic",
                        "messaging.destination.partition.id", "0",
                        "messaging.kafka.offset", 1L));
        assertThat(call.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(call.getTraceId()).isEqualTo(TRACE);
        assertThat(call.getParentSpanId()).isEqualTo(process.getSpanId());
        assertThat(attributes(call))
                .isEqualTo(Map.of(
                        "http.request.method",
                        "POST",
                        "server.address",
                        "platform.example",
                        "server.port",
                        443L,
                        "url.template",
                        TARGET.template(),
                        "http.response.status_code",
                        200L));
        assertThat(List.of(process, call))
                .extracting(span -> span.getStatus().getStatusCode())
                .containsOnly(StatusCode.UNSET);
        assertThat(headers).isEqualTo(Map.of("traceparent", "00-" + TRACE + "-" + call.getSpanId() + "-01"));
    }

    @Test
    void theStateOfATraceIsPropagatedToo() {
        deliver(record(
                1, "k", "{}", header("traceparent", parent(TRACE, 1, "01")), header("tracestate", "vendor=opaque")));

        assertThat(headers).containsEntry("tracestate", "vendor=opaque");
    }

    @Test
    void recordsThatShareOneContextShareTheirTrace() {
        deliver(traced(1), record(2, "k", "{}"), record(3, "k", "{}", header("traceparent", parent(TRACE, 1, "01"))));

        SpanData process = span("process topic");
        assertThat(process.getTraceId()).isEqualTo(TRACE);
        assertThat(process.getLinks()).isEmpty();
        assertThat(attributes(process)).containsEntry("messaging.batch.message_count", 3L);
        assertThat(attributes(process)).doesNotContainKey("messaging.kafka.offset");
    }

    @Test
    void aRequestOfSeveralTracesHasItsOwnAndLinksToEach() {
        String other = "0af7651916cd43dd8448eb211c80319c";
        deliver(traced(1), record(2, "k", "{}", header("traceparent", parent(other, 2, "01"))));

        SpanData process = span("process topic");
        assertThat(process.getParentSpanContext().isValid()).isFalse();
        assertThat(process.getTraceId()).isNotIn(TRACE, other);
        assertThat(process.getLinks())
                .extracting(link -> link.getSpanContext().getTraceId())
                .containsExactly(TRACE, other);
        assertThat(headers.get("traceparent")).contains(process.getTraceId());
    }

    @Test
    void linksAreBounded() {
        deliver(IntStream.rangeClosed(1, 1000).mapToObj(this::traced).toArray(SourceRecord[]::new));

        assertThat(span("process topic").getLinks()).hasSize(128);
        assertThat(span("process topic").getTotalRecordedLinks()).isEqualTo(128);
    }

    @Test
    void aRequestWithoutContextBeginsATrace() {
        deliver(record(1, "k", "{}"));

        SpanData process = span("process topic");
        assertThat(process.getParentSpanContext().isValid()).isFalse();
        assertThat(headers.get("traceparent")).contains(process.getTraceId());
    }

    @Test
    void aTraceThatIsNotSampledStaysSo() {
        deliver(record(1, "k", "{}", header("traceparent", parent(TRACE, 1, "00"))));

        assertThat(exported.getFinishedSpanItems()).isEmpty();
        assertThat(headers.get("traceparent")).startsWith("00-" + TRACE).endsWith("-00");
    }

    @Test
    void aSampledTraceIsFollowedEvenIfNoneIsBegunHere() {
        Tracing followsOnly = tracing(Sampler.parentBased(Sampler.alwaysOff()));
        RequestTrace trace = followsOnly.report(List.of(traced(1)), 1);
        trace.leaves(TARGET, headers::put);
        trace.succeeded();

        assertThat(exported.getFinishedSpanItems()).hasSize(2);
    }

    @Test
    void aFailureIsReportedByItsCodeAndNothingElse() {
        RequestTrace trace = tracing.report(List.of(traced(1)), 3);
        trace.leaves(TARGET, headers::put);
        trace.answered(403);
        trace.failed("throttled");
        trace.succeeded();
        trace.failed("late");

        assertThat(exported.getFinishedSpanItems()).hasSize(2).allSatisfy(span -> {
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(span.getStatus().getDescription()).isEmpty();
            assertThat(attributes(span)).containsEntry("error.type", "throttled");
            assertThat(span.getEvents()).isEmpty();
        });
        assertThat(attributes(span("POST " + TARGET.template())))
                .containsEntry("http.response.status_code", 403L)
                .containsEntry("http.request.resend_count", 2L);
    }

    @Test
    void aRequestThatNeverLeftEndsAllTheSame() {
        tracing.report(List.of(traced(1)), 1).failed("internal-error");

        assertThat(exported.getFinishedSpanItems())
                .singleElement()
                .satisfies(span -> assertThat(span.getName()).isEqualTo("process topic"));
    }

    @Test
    void whatBeginsWithinARequestIsNotPartOfIt() {
        RequestTrace first = tracing.report(List.of(traced(1)), 1);
        first.leaves(TARGET, headers::put);
        first.within(() -> {
            deliver(record(2, "k", "{}"));
            RequestTrace authentication = tracing.authentication();
            authentication.leaves(new RequestTrace.Target("platform.example", 443, "/v5/device-auth"), headers::put);
            authentication.succeeded();
        });

        assertThat(exported.getFinishedSpanItems())
                .hasSize(3)
                .extracting(SpanData::getTraceId)
                .doesNotContain(TRACE);
        assertThat(span("POST /v5/device-auth").getParentSpanContext().isValid())
                .isFalse();
    }

    @Test
    void whatIsDoneWithinARequestIsFoundByItsTrace() {
        AtomicReference<Span> current = new AtomicReference<>(Span.getInvalid());
        RequestTrace trace = tracing.report(List.of(traced(1)), 1);
        trace.leaves(TARGET, headers::put);

        trace.within(() -> current.set(Span.current()));

        assertThat(headers.get("traceparent"))
                .contains(current.get().getSpanContext().getSpanId());
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void whatIsDoneOnBehalfOfARecordIsFoundByItsTrace() {
        AtomicReference<Span> current = new AtomicReference<>(Span.getInvalid());

        tracing.onBehalfOf(traced(9), () -> current.set(Span.current()));
        assertThat(current.get().getSpanContext().getTraceId()).isEqualTo(TRACE);
        assertThat(current.get().getSpanContext().getSpanId()).isEqualTo("0000000000000009");

        tracing.onBehalfOf(record(1, "k", "{}"), () -> current.set(Span.current()));
        assertThat(current.get().getSpanContext().isValid()).isFalse();
        assertThat(exported.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void aRejectedRecordShowsInItsTraceWithTheReason() {
        tracing.rejected(traced(4), RejectionReason.UNDECODABLE);

        SpanData reject = span("reject topic");
        assertThat(reject.getTraceId()).isEqualTo(TRACE);
        assertThat(reject.getParentSpanId()).isEqualTo("0000000000000004");
        assertThat(reject.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attributes(reject))
                .isEqualTo(Map.of(
                        "messaging.system", "kafka",
                        "messaging.operation.name", "reject",
                        "messaging.operation.type", "settle",
                        "messaging.destination.name", "topic",
                        "messaging.destination.partition.id", "0",
                        "messaging.kafka.offset", 4L,
                        "error.type", "undecodable"));
    }

    @Test
    void offMeansThatNothingIsAdded() {
        RequestTrace trace = Tracing.OFF.report(List.of(traced(1)), 1);
        trace.leaves(TARGET, headers::put);
        Tracing.OFF.authentication().leaves(TARGET, headers::put);
        boolean[] ran = new boolean[2];
        trace.within(() -> ran[0] = true);
        Tracing.OFF.onBehalfOf(traced(1), () -> ran[1] = true);

        assertThat(headers).isEmpty();
        assertThat(ran).containsExactly(true, true);
    }

    private Tracing tracing(Sampler sampler) {
        return new OpenTelemetryTracing(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(sampler)
                        .addSpanProcessor(SimpleSpanProcessor.create(exported))
                        .build())
                .build());
    }

    private void deliver(SourceRecord... records) {
        RequestTrace trace = tracing.report(List.of(records), 1);
        trace.leaves(TARGET, headers::put);
        trace.answered(200);
        trace.succeeded();
    }

    private SourceRecord traced(long number) {
        return record(number, "k", "{}", header("traceparent", parent(TRACE, number, "01")));
    }

    private static String parent(String trace, long span, String flags) {
        return "00-%s-%016x-%s".formatted(trace, span, flags);
    }

    private SpanData span(String name) {
        List<SpanData> found = exported.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
        assertThat(found).as(name).hasSize(1);
        return found.getFirst();
    }

    private static Map<String, Object> attributes(SpanData span) {
        Set<Map.Entry<AttributeKey<?>, Object>> entries =
                span.getAttributes().asMap().entrySet();
        return entries.stream().collect(Collectors.toMap(entry -> entry.getKey().getKey(), Map.Entry::getValue));
    }
}

package io.iotdarelay.tracing;

import static io.iotdarelay.testing.TestTelemetry.header;
import static io.iotdarelay.testing.TestTelemetry.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.SourceRecord;
import io.opentelemetry.api.trace.SpanContext;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextsTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

    @Test
    void takesTheContextOfTheHeaders() {
        SpanContext context =
                TraceContexts.of(with(header("traceparent", PARENT), header("tracestate", "vendor=1,other=2")));

        assertThat(context.isValid()).isTrue();
        assertThat(context.isRemote()).isTrue();
        assertThat(context.isSampled()).isTrue();
        assertThat(context.getTraceId()).isEqualTo(TRACE);
        assertThat(context.getSpanId()).isEqualTo("00f067aa0ba902b7");
        assertThat(context.getTraceState().asMap()).containsOnlyKeys("vendor", "other");
    }

    @Test
    void respectsThatATraceIsNotSampled() {
        assertThat(TraceContexts.of(with(header("traceparent", PARENT.replaceAll("01$", "00"))))
                        .isSampled())
                .isFalse();
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "00",
                "nonsense",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\naccess_token: x",
                "00-4bf92f3577b34da6a3ce929d0e0e47\u00fc-00f067aa0ba902b7-01",
            })
    void anInvalidTraceparentCountsAsNone(String value) {
        assertThat(TraceContexts.of(with(header("traceparent", value))).isValid())
                .isFalse();
    }

    @Test
    void noHeadersAreNoContext() {
        assertThat(TraceContexts.of(with()).isValid()).isFalse();
        assertThat(TraceContexts.of(with(header("other", PARENT))).isValid()).isFalse();
    }

    @Test
    void theLastHeaderOfANameCounts() {
        assertThat(TraceContexts.of(with(header("traceparent", "nonsense"), header("traceparent", PARENT)))
                        .isValid())
                .isTrue();
        assertThat(TraceContexts.of(with(header("traceparent", PARENT), header("traceparent", "nonsense")))
                        .isValid())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no state", "a=1\r\nb: 2", "=1"})
    void anInvalidTracestateIsLeftOut(String state) {
        SpanContext context = TraceContexts.of(with(header("traceparent", PARENT), header("tracestate", state)));

        assertThat(context.isValid()).isTrue();
        assertThat(context.getTraceState().isEmpty()).isTrue();
    }

    @Test
    void aTracestateTooLongForAHeaderIsLeftOut() {
        assertThat(state("a=" + "x".repeat(200) + ",b=" + "y".repeat(200))).containsOnlyKeys("a", "b");
        assertThat(state("a=" + "x".repeat(200) + ",b=" + "y".repeat(200) + ",c=" + "z".repeat(200)))
                .isEmpty();
    }

    @Test
    void ofSeveralRecordsEachContextCountsOnceInOrder() {
        List<SourceRecord> records = List.of(
                with(header("traceparent", parent(2))),
                with(),
                with(header("traceparent", parent(1))),
                with(header("traceparent", parent(2))),
                with(header("traceparent", "nonsense")));

        assertThat(TraceContexts.of(records, 10))
                .extracting(SpanContext::getSpanId)
                .containsExactly("0000000000000002", "0000000000000001");
    }

    @Test
    void ofManyRecordsOnlySoManyContextsAreTaken() {
        List<SourceRecord> records = IntStream.rangeClosed(1, 500)
                .mapToObj(i -> with(header("traceparent", parent(i))))
                .toList();

        assertThat(TraceContexts.of(records, 128)).hasSize(128);
    }

    private static Map<String, String> state(String state) {
        return TraceContexts.of(with(header("traceparent", PARENT), header("tracestate", state)))
                .getTraceState()
                .asMap();
    }

    private static String parent(int span) {
        return "00-%s-%016x-01".formatted(TRACE, span);
    }

    private static SourceRecord with(RecordHeader... headers) {
        return record(7, "key", "{}", headers);
    }
}

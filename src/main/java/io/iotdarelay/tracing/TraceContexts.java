package io.iotdarelay.tracing;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.SourceRecord;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The trace contexts in the records' headers, by W3C's Trace Context. An invalid context is ignored. */
final class TraceContexts {

    /**
     * The length up to which a {@code tracestate} must be propagated, in characters. A longer one is left out: it would become a
     * request header, and producers of records must not be able to cause requests that no server accepts.
     */
    private static final int MAX_STATE = 512;

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private TraceContexts() {}

    /** That of one record; invalid where there is none. */
    static SpanContext of(SourceRecord record) {
        if (record.headers().isEmpty()) {
            return SpanContext.getInvalid();
        }
        return Span.fromContext(W3C.extract(Context.root(), record.headers(), Headers.INSTANCE))
                .getSpanContext();
    }

    /** Those of several records, each once, in order, up to this many. */
    static Set<SpanContext> of(List<SourceRecord> records, int most) {
        Set<SpanContext> contexts = new LinkedHashSet<>();
        for (SourceRecord record : records) {
            SpanContext context = of(record);
            if (context.isValid()) {
                contexts.add(context);
                if (contexts.size() == most) {
                    break;
                }
            }
        }
        return contexts;
    }

    /** The last header of a name is used, as in Kafka. */
    private enum Headers implements TextMapGetter<List<RecordHeader>> {
        INSTANCE;

        @Override
        public @Nullable String get(@Nullable List<RecordHeader> headers, String name) {
            byte[] value = headers == null ? null : last(headers, name);
            return value == null || value.length > MAX_STATE ? null : new String(value, StandardCharsets.UTF_8);
        }

        private static byte @Nullable [] last(List<RecordHeader> headers, String name) {
            for (RecordHeader header : headers.reversed()) {
                if (header.name().equals(name)) {
                    return header.value();
                }
            }
            return null;
        }
    }
}

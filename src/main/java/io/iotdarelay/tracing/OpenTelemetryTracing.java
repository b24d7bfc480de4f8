package io.iotdarelay.tracing;

import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.List;
import java.util.Set;

/**
 * Creates spans, by OpenTelemetry's conventions for messaging with Kafka and for HTTP clients.
 *
 * <p>A request has two: one for processing its records, and one for the call. If the records have exactly one trace context
 * between them, the request continues that trace. If they have several, it has its own trace with a link to each of theirs.
 */
final class OpenTelemetryTracing implements Tracing {

    /** As many as OpenTelemetry's SDK keeps per span. */
    static final int MAX_LINKS = 128;

    private static final String SCOPE = "io.iotdarelay";

    private final Tracer tracer;

    OpenTelemetryTracing(OpenTelemetry openTelemetry) {
        this.tracer = openTelemetry.getTracer(SCOPE);
    }

    @Override
    public RequestTrace report(List<SourceRecord> records, int attempt) {
        RecordPosition first = records.getFirst().position();
        boolean oneTopic =
                records.stream().allMatch(record -> record.position().topic().equals(first.topic()));
        SpanBuilder span = tracer.spanBuilder(oneTopic ? "process " + first.topic() : "process")
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute(SpanAttribute.MESSAGING_SYSTEM, "kafka")
                .setAttribute(SpanAttribute.MESSAGING_OPERATION_NAME, "process")
                .setAttribute(SpanAttribute.MESSAGING_OPERATION_TYPE, "process");
        if (oneTopic) {
            span.setAttribute(SpanAttribute.MESSAGING_DESTINATION_NAME, first.topic());
        }
        if (records.size() == 1) {
            locate(span, first);
        } else {
            span.setAttribute(SpanAttribute.MESSAGING_BATCH_MESSAGE_COUNT, (long) records.size());
        }
        Set<SpanContext> contexts = TraceContexts.of(records, MAX_LINKS);
        if (contexts.size() == 1) {
            span.setParent(Context.root().with(Span.wrap(contexts.iterator().next())));
        } else {
            span.setNoParent();
            contexts.forEach(span::addLink);
        }
        return new FollowedRequest(tracer, Context.root().with(span.startSpan()), attempt);
    }

    @Override
    public RequestTrace authentication() {
        return new FollowedRequest(tracer, Context.root(), 1);
    }

    @Override
    public void rejected(SourceRecord record, RejectionReason reason) {
        RecordPosition position = record.position();
        SpanBuilder span = tracer.spanBuilder("reject " + position.topic())
                .setSpanKind(SpanKind.CLIENT)
                .setParent(Context.root().with(Span.wrap(TraceContexts.of(record))))
                .setAttribute(SpanAttribute.MESSAGING_SYSTEM, "kafka")
                .setAttribute(SpanAttribute.MESSAGING_OPERATION_NAME, "reject")
                .setAttribute(SpanAttribute.MESSAGING_OPERATION_TYPE, "settle")
                .setAttribute(SpanAttribute.MESSAGING_DESTINATION_NAME, position.topic())
                .setAttribute(SpanAttribute.ERROR_TYPE, reason.code());
        locate(span, position);
        span.startSpan().setStatus(StatusCode.ERROR).end();
    }

    @Override
    public void onBehalfOf(SourceRecord record, Runnable work) {
        SpanContext context = TraceContexts.of(record);
        if (!context.isValid()) {
            work.run();
            return;
        }
        try (Scope ignored = Context.root().with(Span.wrap(context)).makeCurrent()) {
            work.run();
        }
    }

    private static void locate(SpanBuilder span, RecordPosition position) {
        span.setAttribute(SpanAttribute.MESSAGING_DESTINATION_PARTITION_ID, Integer.toString(position.partition()))
                .setAttribute(SpanAttribute.MESSAGING_KAFKA_OFFSET, position.offset());
    }
}

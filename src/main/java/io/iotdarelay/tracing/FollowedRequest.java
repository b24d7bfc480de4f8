package io.iotdarelay.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.function.BiConsumer;

/** One request with its spans: one for what it carries, if it carries records, and one for the call. */
final class FollowedRequest implements RequestTrace {

    private static final String METHOD = "POST";

    private final Tracer tracer;
    private final Span carried;
    private final int attempt;
    private Context context;
    private Span call = Span.getInvalid();
    private boolean ended;

    /**
     * A request that is about to be sent.
     *
     * @param context with the span of what it carries, or the root
     */
    FollowedRequest(Tracer tracer, Context context, int attempt) {
        this.tracer = tracer;
        this.context = context;
        this.carried = Span.fromContext(context);
        this.attempt = attempt;
    }

    @Override
    public void leaves(Target target, BiConsumer<String, String> headers) {
        SpanBuilder span = tracer.spanBuilder(METHOD + ' ' + target.template())
                .setSpanKind(SpanKind.CLIENT)
                .setParent(context)
                .setAttribute(SpanAttribute.HTTP_REQUEST_METHOD, METHOD)
                .setAttribute(SpanAttribute.SERVER_ADDRESS, target.host())
                .setAttribute(SpanAttribute.SERVER_PORT, (long) target.port())
                .setAttribute(SpanAttribute.URL_TEMPLATE, target.template());
        if (attempt > 1) {
            span.setAttribute(SpanAttribute.HTTP_REQUEST_RESEND_COUNT, attempt - 1L);
        }
        call = span.startSpan();
        context = context.with(call);
        W3CTraceContextPropagator.getInstance()
                .inject(context, headers, (carrier, name, value) -> headers.accept(name, value));
    }

    @Override
    public void answered(int status) {
        call.setAttribute(SpanAttribute.HTTP_RESPONSE_STATUS_CODE, (long) status);
    }

    @Override
    public void within(Runnable work) {
        try (Scope ignored = context.makeCurrent()) {
            work.run();
        }
    }

    @Override
    public void succeeded() {
        end();
    }

    @Override
    public void failed(String code) {
        if (!ended) {
            fail(call, code);
            fail(carried, code);
            end();
        }
    }

    private static void fail(Span span, String code) {
        span.setAttribute(SpanAttribute.ERROR_TYPE, code);
        span.setStatus(StatusCode.ERROR);
    }

    private void end() {
        if (!ended) {
            ended = true;
            call.end();
            carried.end();
        }
    }
}

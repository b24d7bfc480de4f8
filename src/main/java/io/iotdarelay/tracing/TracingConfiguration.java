package io.iotdarelay.tracing;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.Closeable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires tracing, as far as Spring Boot has created exporters, which it does if an endpoint is configured. */
@Configuration(proxyBeanMethods = false)
public class TracingConfiguration {

    @Bean
    Tracing tracing(ObjectProvider<SpanExporter> exporters, ObjectProvider<OpenTelemetry> openTelemetry) {
        return exporters.stream().findAny().isEmpty()
                ? Tracing.OFF
                : new OpenTelemetryTracing(openTelemetry.getObject());
    }

    /** Spring Boot creates the exporter of logs, but does not feed it. */
    @Bean
    Closeable logExport(ObjectProvider<LogRecordExporter> exporters, ObjectProvider<OpenTelemetry> openTelemetry) {
        return exporters.stream().findAny().isEmpty()
                ? () -> {}
                : new LogExport(openTelemetry.getObject().getLogsBridge());
    }
}

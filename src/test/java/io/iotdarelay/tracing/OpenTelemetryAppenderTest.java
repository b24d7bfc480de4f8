package io.iotdarelay.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class OpenTelemetryAppenderTest {

    private static final SpanContext CONTEXT = SpanContext.create(
            "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", TraceFlags.getSampled(), TraceState.getDefault());

    private final InMemoryLogRecordExporter exported = InMemoryLogRecordExporter.create();
    private final Logger logger = (Logger) LoggerFactory.getLogger("test.of.the.appender");
    private final LogExport export = new LogExport(SdkLoggerProvider.builder()
            .addLogRecordProcessor(SimpleLogRecordProcessor.create(exported))
            .build());

    OpenTelemetryAppenderTest() {
        logger.setLevel(Level.TRACE);
    }

    @AfterEach
    void stop() {
        export.close();
        logger.setLevel(null);
    }

    @Test
    void exportsWhatTheConsoleShowsAndTheTrace() {
        try (Scope ignored = Span.wrap(CONTEXT).makeCurrent()) {
            logger.atWarn().addKeyValue("reason", "r").addKeyValue("attempt", 3).log("It is {}", "so");
        }

        LogRecordData line = only();
        assertThat(line.getBodyValue())
                .isNotNull()
                .extracting(Object::toString)
                .asString()
                .contains("It is so");
        assertThat(line.getSeverity()).isEqualTo(Severity.WARN);
        assertThat(line.getSeverityText()).isEqualTo("WARN");
        assertThat(line.getInstrumentationScopeInfo().getName()).isEqualTo("test.of.the.appender");
        assertThat(line.getSpanContext()).isEqualTo(CONTEXT);
        assertThat(text(line, "reason")).isEqualTo("r");
        assertThat(text(line, "attempt")).isEqualTo("3");
        assertThat(text(line, "thread.name")).isEqualTo(Thread.currentThread().getName());
        assertThat(line.getTimestampEpochNanos()).isPositive();
    }

    @Test
    void reportsAnException() {
        logger.atError().setCause(new IllegalStateException("broken")).log("A defect");

        LogRecordData line = only();
        assertThat(text(line, "exception.type")).isEqualTo(IllegalStateException.class.getName());
        assertThat(text(line, "exception.message")).isEqualTo("broken");
        assertThat(text(line, "exception.stacktrace")).contains("reportsAnException");
        assertThat(line.getSpanContext().isValid()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"ERROR, ERROR", "WARN, WARN", "INFO, INFO", "DEBUG, DEBUG", "TRACE, TRACE"})
    void keepsTheLevel(org.slf4j.event.Level level, Severity severity) {
        logger.atLevel(level).log("x");

        assertThat(only().getSeverity()).isEqualTo(severity);
    }

    @Test
    void doesNotExportWhatTheExportSaysOfItself() {
        LoggerFactory.getLogger("io.opentelemetry.exporter.internal").error("the collector is away");

        assertThat(exported.getFinishedLogRecordItems()).isEmpty();
    }

    @Test
    void endsWhenItIsClosed() {
        export.close();
        logger.error("x");

        assertThat(exported.getFinishedLogRecordItems()).isEmpty();
    }

    private LogRecordData only() {
        List<LogRecordData> lines = exported.getFinishedLogRecordItems().stream()
                .filter(line -> line.getInstrumentationScopeInfo().getName().equals(logger.getName()))
                .toList();
        assertThat(lines).hasSize(1);
        return lines.getFirst();
    }

    private static String text(LogRecordData line, String key) {
        return String.valueOf(line.getAttributes().get(AttributeKey.stringKey(key)));
    }
}

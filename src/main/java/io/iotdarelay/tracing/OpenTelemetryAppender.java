package io.iotdarelay.tracing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.logs.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Converts each log event to a log record: message, key-values and exception; OpenTelemetry adds the current trace. Callable
 * from any thread; never blocks.
 */
final class OpenTelemetryAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** The export's own log events, for example that the collector is down, are not exported. */
    private static final String EXPORTERS = "io.opentelemetry.";

    private static final AttributeKey<String> EXCEPTION_TYPE = AttributeKey.stringKey("exception.type");
    private static final AttributeKey<String> EXCEPTION_MESSAGE = AttributeKey.stringKey("exception.message");
    private static final AttributeKey<String> EXCEPTION_STACKTRACE = AttributeKey.stringKey("exception.stacktrace");
    private static final AttributeKey<String> THREAD_NAME = AttributeKey.stringKey("thread.name");

    private final LoggerProvider loggers;

    OpenTelemetryAppender(LoggerProvider loggers) {
        this.loggers = loggers;
        setName("OPENTELEMETRY");
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLoggerName().startsWith(EXPORTERS)) {
            return;
        }
        LogRecordBuilder record = loggers.get(event.getLoggerName())
                .logRecordBuilder()
                .setTimestamp(event.getInstant())
                .setSeverity(severity(event.getLevel()))
                .setSeverityText(event.getLevel().toString())
                .setBody(event.getFormattedMessage())
                .setAttribute(THREAD_NAME, event.getThreadName());
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> record.setAttribute(AttributeKey.stringKey(pair.key), String.valueOf(pair.value)));
        }
        describe(record, event.getThrowableProxy());
        record.emit();
    }

    private static void describe(LogRecordBuilder record, @Nullable IThrowableProxy failure) {
        if (failure != null) {
            record.setAttribute(EXCEPTION_TYPE, failure.getClassName())
                    .setAttribute(EXCEPTION_MESSAGE, failure.getMessage())
                    .setAttribute(EXCEPTION_STACKTRACE, ThrowableProxyUtil.asString(failure));
        }
    }

    private static Severity severity(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> Severity.ERROR;
            case Level.WARN_INT -> Severity.WARN;
            case Level.INFO_INT -> Severity.INFO;
            case Level.DEBUG_INT -> Severity.DEBUG;
            default -> Severity.TRACE;
        };
    }
}

package io.iotdarelay.tracing;

import ch.qos.logback.classic.Logger;
import io.opentelemetry.api.logs.LoggerProvider;
import java.io.Closeable;
import org.slf4j.LoggerFactory;

/** Passes log events to OpenTelemetry while it is open. */
final class LogExport implements Closeable {

    private final Logger root;
    private final OpenTelemetryAppender appender;

    LogExport(LoggerProvider loggers) {
        this.root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        this.appender = new OpenTelemetryAppender(loggers);
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        appender.stop();
    }
}

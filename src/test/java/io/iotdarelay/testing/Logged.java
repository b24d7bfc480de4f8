package io.iotdarelay.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** What a logger, and those below it, log during a test. */
public final class Logged implements BeforeEachCallback, AfterEachCallback {

    private final Logger logger;
    private final Level level;
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    private Logged(Logger logger, Level level) {
        this.logger = logger;
        this.level = level;
    }

    /** From INFO on. */
    public static Logged by(Class<?> who) {
        return by(who.getName(), Level.INFO);
    }

    public static Logged by(String who, Level level) {
        return new Logged((Logger) LoggerFactory.getLogger(who), level);
    }

    /** So far. */
    public List<ILoggingEvent> lines() {
        return appender.list;
    }

    public void forget() {
        appender.list.clear();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        appender.start();
        logger.setLevel(level);
        logger.addAppender(appender);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        logger.detachAppender(appender);
        logger.setLevel(null);
    }
}

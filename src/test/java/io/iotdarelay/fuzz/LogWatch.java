package io.iotdarelay.fuzz;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Reads what the relay logs, in the place of the console: no value of a record may be in it. */
final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger relay = (Logger) LoggerFactory.getLogger("io.iotdarelay");
    private final List<String> leaks = new ArrayList<>();
    private long lines;

    LogWatch() {
        start();
        relay.setAdditive(false);
        relay.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines++;
        String line = event.getFormattedMessage() + event.getKeyValuePairs();
        if (line.contains(Names.SECRET)) {
            leaks.add(line);
        }
    }

    /** Lines that contain a value. */
    List<String> leaks() {
        return List.copyOf(leaks);
    }

    long lines() {
        return lines;
    }

    @Override
    public void close() {
        relay.detachAppender(this);
        relay.setAdditive(true);
        stop();
    }
}

package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordPosition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs defects of the relay, with their stack traces, at most once a minute: a defect that every record triggers would fill
 * the log. The exceptions' messages are left out, because they may quote a record. The dead letters contain them. Belongs to
 * one thread.
 */
public final class DefectLog {

    private static final Logger log = LoggerFactory.getLogger(DefectLog.class);

    private static final Duration AT_MOST_EVERY = Duration.ofMinutes(1);
    private static final int MAX_CAUSES = 5;
    private static final int MAX_PLACES = 20;

    private final InstantSource time;
    private Instant next = Instant.MIN;
    private long suppressed;

    public DefectLog(InstantSource time) {
        this.time = time;
    }

    /** A record could not even be mapped to a report. */
    public void add(RecordPosition record, Throwable defect) {
        if (isDue()) {
            log(
                    log.atError()
                            .addKeyValue("topic", record.topic())
                            .addKeyValue("partition", record.partition())
                            .addKeyValue("offset", record.offset()),
                    "A record could not be mapped because of a defect of the relay",
                    defect);
        }
    }

    void add(DeviceId sender, int attempts, Throwable defect) {
        if (isDue()) {
            log(
                    log.atError().addKeyValue("deviceId", sender).addKeyValue("attempt", attempts),
                    "A defect of the relay interrupted a lane",
                    defect);
        }
    }

    private boolean isDue() {
        if (time.instant().isBefore(next)) {
            suppressed++;
            return false;
        }
        return true;
    }

    private void log(LoggingEventBuilder event, String what, Throwable defect) {
        String places = Stream.iterate(defect, cause -> cause != null, Throwable::getCause)
                .limit(MAX_CAUSES)
                .flatMap(cause -> Stream.concat(
                        Stream.of(cause.getClass().getName()),
                        Stream.of(cause.getStackTrace()).limit(MAX_PLACES).map(place -> "\tat " + place)))
                .collect(Collectors.joining("\n"));
        event.addKeyValue("suppressed", suppressed).log("{}: {}", what, places);
        next = time.instant().plus(AT_MOST_EVERY);
        suppressed = 0;
    }
}

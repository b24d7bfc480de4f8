package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of defects of ours in lanes, with the stack trace, at most once a minute: a defect that every record meets would fill the
 * log. The dead letters hold the others. Belongs to an event loop.
 */
final class DefectLog {

    private static final Logger log = LoggerFactory.getLogger(DefectLog.class);

    private static final Duration AT_MOST_EVERY = Duration.ofMinutes(1);

    private final InstantSource time;
    private Instant next = Instant.MIN;
    private long untold;

    DefectLog(InstantSource time) {
        this.time = time;
    }

    void tell(DeviceId sender, int attempts, Throwable defect) {
        Instant now = time.instant();
        if (now.isBefore(next)) {
            untold++;
            return;
        }
        log.atError()
                .setCause(defect)
                .addKeyValue("deviceId", sender)
                .addKeyValue("attempt", attempts)
                .addKeyValue("untold", untold)
                .log("A lane broke off by a defect of the relay");
        next = now.plus(AT_MOST_EVERY);
        untold = 0;
    }
}

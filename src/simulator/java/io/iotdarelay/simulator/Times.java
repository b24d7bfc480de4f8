package io.iotdarelay.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** How the platform writes times. */
final class Times {

    private static final DateTimeFormatter COMPACT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter EXTENDED =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Times() {}

    /** {@code 20261127T120000Z} */
    static String compact(Instant time) {
        return COMPACT.format(time);
    }

    /** {@code 2026-11-27T12:00:00.000Z} */
    static String extended(Instant time) {
        return EXTENDED.format(time);
    }

    /** The compact form of the extended one. */
    static String compact(String extended) {
        return extended.substring(0, 19).replace("-", "").replace(":", "") + "Z";
    }
}

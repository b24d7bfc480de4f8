package io.iotdarelay.mapping;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * How the time of a reading is written: {@code yyyy-MM-dd'T'HH:mm:ss.SSS'Z'}, 24 characters always. The platform silently
 * replaces what it cannot read by its own time.
 */
final class EventTime {

    /** Years of five digits cannot be written. */
    static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final DateTimeFormatter WIRE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private EventTime() {}

    static String write(Instant time) {
        return WIRE.format(time);
    }
}

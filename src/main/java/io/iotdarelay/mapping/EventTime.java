package io.iotdarelay.mapping;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
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

    private static final int LAST_YEAR = 9999;
    private static final int NANOS_PER_MILLISECOND = 1_000_000;

    private EventTime() {}

    static String write(Instant time) {
        LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), time.getNano(), ZoneOffset.UTC);
        int year = utc.getYear();
        if (year < 0 || year > LAST_YEAR) {
            return WIRE.format(time);
        }
        // The formatter takes ten times as long, and every report has a time.
        byte[] text = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.ISO_8859_1);
        put(text, 4, year);
        put(text, 7, utc.getMonthValue());
        put(text, 10, utc.getDayOfMonth());
        put(text, 13, utc.getHour());
        put(text, 16, utc.getMinute());
        put(text, 19, utc.getSecond());
        put(text, 23, utc.getNano() / NANOS_PER_MILLISECOND);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** Writes the digits of a number before a position. */
    private static void put(byte[] text, int end, int number) {
        int at = end;
        for (int rest = number; rest > 0; rest /= 10) {
            text[--at] = (byte) ('0' + rest % 10);
        }
    }
}

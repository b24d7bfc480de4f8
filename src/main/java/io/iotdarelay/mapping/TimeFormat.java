package io.iotdarelay.mapping;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.chrono.IsoChronology;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/**
 * A format of times.
 *
 * @param zone the zone of such times; a zone or offset in the text takes precedence
 */
record TimeFormat(String pattern, DateTimeFormatter formatter, ZoneId zone) {

    private static final ZonedDateTime SAMPLE = ZonedDateTime.parse("2026-11-01T12:34:56.789Z[UTC]");

    /** Compiles a pattern of {@link DateTimeFormatter}; throws {@link IllegalArgumentException} with what is wrong. */
    static TimeFormat of(String pattern, ZoneId zone) {
        TimeFormat format = new TimeFormat(
                pattern,
                DateTimeFormatter.ofPattern(ofYears(pattern), Locale.US)
                        .withResolverStyle(ResolverStyle.STRICT)
                        .withChronology(IsoChronology.INSTANCE),
                zone);
        try {
            format.parse(format.formatter.format(SAMPLE));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + pattern + "' does not contain a date", e);
        }
        return format;
    }

    /** Without an era, a year of era ({@code y}) is ambiguous; {@code u} is almost always meant. */
    private static String ofYears(String pattern) {
        StringBuilder years = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            quoted ^= c == '\'';
            years.append(c == 'y' && !quoted ? 'u' : c);
        }
        return years.toString();
    }

    /** Throws {@link DateTimeException} if the text has another format. */
    Instant parse(String text) {
        TemporalAccessor parsed = formatter.parseBest(
                text, OffsetDateTime::from, ZonedDateTime::from, LocalDateTime::from, LocalDate::from);
        return switch (parsed) {
            case OffsetDateTime offset -> offset.toInstant();
            case ZonedDateTime zoned -> zoned.toInstant();
            case LocalDateTime local -> local.atZone(zone).toInstant();
            default -> LocalDate.from(parsed).atStartOfDay(zone).toInstant();
        };
    }
}

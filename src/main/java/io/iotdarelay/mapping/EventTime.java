package io.iotdarelay.mapping;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * When a reading was taken. Input may be ISO-8601 text (with an offset, with {@code Z}, or without either, which means UTC),
 * the platform's compact form {@code yyyyMMdd'T'HHmmss'Z'}, or seconds or milliseconds since 1970 as a number or as text. A
 * number below 100,000,000,000 is in seconds (until the year 5138), any other in milliseconds.
 *
 * <p>Output is always {@code yyyy-MM-dd'T'HH:mm:ss.SSS'Z'}, 24 characters: the platform silently replaces what it cannot
 * read with its own time.
 */
final class EventTime {

    private static final Pattern NUMBER = Pattern.compile("[0-9.]{1,40}");
    private static final BigDecimal FIRST_MILLISECONDS = BigDecimal.valueOf(100_000_000_000L);
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final DateTimeFormatter WIRE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter COMPACT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private EventTime() {}

    static String write(Instant time) {
        return WIRE.format(time);
    }

    static Result<Instant> read(JsonNode node) {
        if (node.isNumber()) {
            return Scalars.decimal(node).then(EventTime::sinceEpoch);
        }
        if (!node.isString()) {
            return Result.failed("a time is wanted, not " + Scalars.kind(node));
        }
        String text = node.asString().strip();
        try {
            return within(NUMBER.matcher(text).matches() ? instantSinceEpoch(new BigDecimal(text)) : parse(text));
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            return Result.failed("a time is wanted, not this text");
        }
    }

    /** The record's own time, for readings that have none. Producers may set any timestamp. */
    static Result<Instant> ofRecord(Instant timestamp) {
        return within(timestamp).as("the record's time stamp");
    }

    private static Instant parse(String text) {
        if (text.length() == 16 && text.charAt(8) == 'T') {
            return COMPACT.parse(text, Instant::from);
        }
        TemporalAccessor parsed =
                DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
        return parsed instanceof OffsetDateTime offset
                ? offset.toInstant()
                : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC);
    }

    private static Result<Instant> sinceEpoch(BigDecimal number) {
        try {
            return within(instantSinceEpoch(number));
        } catch (ArithmeticException e) {
            return Result.failed("the time is out of range");
        }
    }

    private static Instant instantSinceEpoch(BigDecimal number) {
        BigDecimal milliseconds = number.compareTo(FIRST_MILLISECONDS) < 0 ? number.movePointRight(3) : number;
        return Instant.ofEpochMilli(milliseconds.setScale(0, RoundingMode.DOWN).longValueExact());
    }

    private static Result<Instant> within(Instant time) {
        return time.isBefore(EARLIEST) || time.isAfter(LATEST)
                ? Result.failed("the time is out of range")
                : Result.found(time);
    }
}

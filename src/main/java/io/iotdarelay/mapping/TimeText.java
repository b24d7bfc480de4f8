package io.iotdarelay.mapping;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.chrono.IsoChronology;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.regex.Pattern;

/** The usual formats of times as text. Without an offset, a time is in the given zone. */
final class TimeText {

    private static final Pattern NUMBER = Pattern.compile("[0-9.]{1,40}");
    private static final Pattern DATE = Pattern.compile("(?:19|20)(?:\\d{6}|\\d{10}|\\d{12})");
    private static final Pattern TWELVE_DIGITS = Pattern.compile("\\d{12}");
    private static final int DATE_LENGTH = "yyyy-MM-dd".length();

    /** RFC 3339 and the usual part of ISO 8601. */
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .optionalStart()
            .appendLiteral(' ')
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH:MM:ss", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH", "Z")
            .optionalEnd()
            .optionalStart()
            .appendLiteral('[')
            .parseCaseSensitive()
            .appendZoneRegionId()
            .appendLiteral(']')
            .optionalEnd()
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT)
            .withChronology(IsoChronology.INSTANCE);

    private final TimeFormat compact = TimeFormat.of("uuuuMMdd'T'HHmmss'Z'", ZoneOffset.UTC);
    private final TimeFormat rfc1123 = new TimeFormat("RFC 1123", DateTimeFormatter.RFC_1123_DATE_TIME, ZoneOffset.UTC);
    private final TimeFormat iso;
    private final TimeFormat day;
    private final TimeFormat minute;
    private final TimeFormat second;

    TimeText(ZoneId zone) {
        iso = new TimeFormat("ISO 8601", ISO, zone);
        day = TimeFormat.of("uuuuMMdd", zone);
        minute = TimeFormat.of("uuuuMMddHHmm", zone);
        second = TimeFormat.of("uuuuMMddHHmmss", zone);
    }

    Result<Instant> read(String text) {
        Instant usual = UsualTime.read(text);
        if (usual != null) {
            return Result.found(usual);
        }
        try {
            if (DATE.matcher(text).matches()) {
                return Result.found(date(text));
            }
            if (TWELVE_DIGITS.matcher(text).matches()) {
                return Result.failed("12 digits may be a date without a century: set its format");
            }
            if (NUMBER.matcher(text).matches()) {
                BigDecimal number = new BigDecimal(text);
                return TimeReader.Epoch.guess(number).instant(number);
            }
            return Result.found(named(text));
        } catch (DateTimeException | NumberFormatException e) {
            return Result.failed("the text is not a time in a known format");
        }
    }

    private Instant date(String text) {
        return switch (text.length()) {
            case 8 -> day.parse(text);
            case 12 -> minute.parse(text);
            default -> second.parse(text);
        };
    }

    private Instant named(String text) {
        if (text.length() == 16 && text.charAt(8) == 'T') {
            return compact.parse(text);
        }
        if (text.isEmpty() || Character.isLetter(text.charAt(0))) {
            return rfc1123.parse(text);
        }
        return iso.parse(
                text.length() > DATE_LENGTH && text.charAt(DATE_LENGTH) == ' '
                        ? text.substring(0, DATE_LENGTH) + 'T' + text.substring(DATE_LENGTH + 1)
                        : text);
    }
}

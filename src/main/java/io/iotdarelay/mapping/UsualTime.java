package io.iotdarelay.mapping;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/**
 * Reads times in the form in which most of them are written, {@code 2026-01-01T12:34:56.789Z}, in a twentieth of the time that a
 * formatter takes.
 */
final class UsualTime {

    private static final int SECONDS_END = "yyyy-MM-ddTHH:mm:ss".length();
    private static final int OFFSET_LENGTH = "+HH:mm".length();
    private static final int DIGITS_OF_NANOS = 9;
    private static final int MINUTE = 60;
    private static final int HOUR = 60 * MINUTE;
    private static final int DAY = 24 * HOUR;
    private static final int MONTHS = 12;

    /** Offsets reach to 18:00. */
    private static final int HOURS_OF_OFFSET = 18;

    private final String text;
    private int at;
    private boolean valid = true;

    private UsualTime(String text) {
        this.text = text;
    }

    /** The time; null if it is written otherwise, or wrong. */
    static @Nullable Instant read(String text) {
        return new UsualTime(text).read();
    }

    private @Nullable Instant read() {
        if (text.length() <= SECONDS_END) {
            return null;
        }
        int year = digits(4);
        skip('-');
        int month = digits(2);
        skip('-');
        int day = digits(2);
        skip(text.charAt(at) == ' ' ? ' ' : 'T');
        int second = digits(2) * HOUR;
        check(second < DAY);
        skip(':');
        second += sixty() * MINUTE;
        skip(':');
        second += sixty();
        int nanos = fraction();
        int offset = offset();
        check(at == text.length() && month >= 1 && month <= MONTHS && day >= 1);
        if (!valid || day > YearMonth.of(year, month).lengthOfMonth()) {
            return null;
        }
        return Instant.ofEpochSecond(LocalDate.of(year, month, day).toEpochDay() * DAY + second - offset, nanos);
    }

    private int fraction() {
        if (text.charAt(at) != '.') {
            return 0;
        }
        int begin = ++at;
        int nanos = 0;
        while (at < text.length() && isDigit(text.charAt(at)) && at - begin < DIGITS_OF_NANOS) {
            nanos = 10 * nanos + text.charAt(at++) - '0';
        }
        check(at > begin);
        for (int i = at - begin; i < DIGITS_OF_NANOS; i++) {
            nanos *= 10;
        }
        return nanos;
    }

    /** In seconds. */
    private int offset() {
        int left = text.length() - at;
        if (left == 1) {
            skip('Z');
            return 0;
        }
        if (left != OFFSET_LENGTH) {
            valid = false;
            return 0;
        }
        boolean negative = text.charAt(at) == '-';
        skip(negative ? '-' : '+');
        int hours = digits(2);
        check(hours < HOURS_OF_OFFSET);
        skip(':');
        int offset = hours * HOUR + sixty() * MINUTE;
        return negative ? -offset : offset;
    }

    /** Minutes or seconds. */
    private int sixty() {
        int number = digits(2);
        check(number < MINUTE);
        return number;
    }

    private int digits(int count) {
        int number = 0;
        for (int i = 0; i < count; i++) {
            char c = text.charAt(at++);
            check(isDigit(c));
            number = 10 * number + c - '0';
        }
        return number;
    }

    private void skip(char expected) {
        check(text.charAt(at++) == expected);
    }

    private void check(boolean holds) {
        valid &= holds;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}

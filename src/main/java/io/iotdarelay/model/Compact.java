package io.iotdarelay.model;

import java.time.YearMonth;

/** The form that the platform documents for values of the type DateTime: {@code 20151212T121212Z}. */
final class Compact {

    private static final String FORM = "ddddddddTddddddZ";

    private Compact() {}

    static boolean isTime(String text) {
        return hasForm(text)
                && isWithin(text, 9, 0, 23)
                && isWithin(text, 11, 0, 59)
                && isWithin(text, 13, 0, 59)
                && isWithin(text, 4, 1, 12)
                && isWithin(
                        text,
                        6,
                        1,
                        YearMonth.of(number(text, 0, 4), number(text, 4, 6)).lengthOfMonth());
    }

    private static boolean hasForm(String text) {
        if (text.length() != FORM.length()) {
            return false;
        }
        for (int i = 0; i < FORM.length(); i++) {
            char wanted = FORM.charAt(i);
            char found = text.charAt(i);
            if (wanted == 'd' ? found < '0' || found > '9' : found != wanted) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWithin(String text, int at, int least, int most) {
        int number = number(text, at, at + 2);
        return number >= least && number <= most;
    }

    private static int number(String text, int begin, int end) {
        int number = 0;
        for (int i = begin; i < end; i++) {
            number = number * 10 + text.charAt(i) - '0';
        }
        return number;
    }
}

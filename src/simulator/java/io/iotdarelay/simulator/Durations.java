package io.iotdarelay.simulator;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them: {@code 250ms}, {@code 5s}, {@code 10m}. */
final class Durations {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m)");

    /** Far more than anybody waits for, and little enough to be counted in nanoseconds. */
    private static final Duration MOST = Duration.ofDays(365);

    private Durations() {}

    /** The same, perhaps with a minus sign before it. */
    static Duration parseSigned(String text) {
        return text.startsWith("-") ? parse(text.substring(1)).negated() : parse(text);
    }

    static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no time such as 250ms, 5s or 10m: " + text);
        }
        long number = Long.parseLong(matcher.group(1));
        Duration time = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
        if (time.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("more than a year: " + text);
        }
        return time;
    }
}

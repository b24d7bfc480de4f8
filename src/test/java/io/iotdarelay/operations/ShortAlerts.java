package io.iotdarelay.operations;

import io.iotdarelay.testing.Yaml;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The alerts that are shipped, for a test that has no hours: every duration is a thirtieth, and 5 seconds at least, which are five
 * scrapes. Durations are {@code for}, windows, their steps (1 second) and offsets, and those thresholds that compare seconds. Nothing
 * else changes.
 */
final class ShortAlerts {

    private static final int PART = 30;
    private static final long SHORTEST = 5;

    private static final Pattern FOR = Pattern.compile("(?m)^( +for: )(\\d+)([smhd])$");
    private static final Pattern WINDOW = Pattern.compile("\\[(\\d+)([smhd])(:\\w+)?]");
    private static final Pattern OFFSET = Pattern.compile("(offset )(\\d+)([smhd])");

    /** Thresholds in seconds, by the comparison as written in the file. */
    private static final Map<String, String> THRESHOLDS = Map.of(
            "(max_over_time(relay_partition_stalled_seconds[3m])) > 120",
            "(max_over_time(relay_partition_stalled_seconds[3m])) > 4",
            "(max_over_time(relay_partition_oldest_unfinished_seconds[2m])) > 600",
            "(max_over_time(relay_partition_oldest_unfinished_seconds[2m])) > 20");

    private ShortAlerts() {}

    /**
     * The whole file.
     *
     * @param runbooks the address of the page for operators
     */
    static String text(String runbooks) {
        String text = Yaml.text(AlertRules.FILE).replace(AlertRules.RUNBOOKS, runbooks);
        for (Map.Entry<String, String> threshold : THRESHOLDS.entrySet()) {
            if (!text.contains(threshold.getKey())) {
                throw new IllegalStateException("No alert compares " + threshold.getKey());
            }
            text = text.replace(threshold.getKey(), threshold.getValue());
        }
        text = FOR.matcher(text).replaceAll(match -> match.group(1) + shorter(match.group(2), match.group(3)));
        text = OFFSET.matcher(text).replaceAll(match -> match.group(1) + shorter(match.group(2), match.group(3)));
        Matcher window = WINDOW.matcher(text);
        return window.replaceAll(
                match -> "[" + shorter(match.group(1), match.group(2)) + (match.group(3) == null ? "" : ":1s") + "]");
    }

    private static String shorter(String count, String unit) {
        Duration whole =
                Duration.parse(unit.equals("d") ? "P" + count + "D" : "PT" + count + unit.toUpperCase(Locale.ROOT));
        return Math.max(SHORTEST, whole.toSeconds() / PART) + "s";
    }
}

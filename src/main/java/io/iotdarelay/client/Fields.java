package io.iotdarelay.client;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Reads answers without trusting their shape: what is missing is a hyphen. */
final class Fields {

    static final String NONE = "-";

    private static final int LONGEST = 4_000;

    private Fields() {}

    /** A value as text. */
    static String text(JsonNode json, String name) {
        return text(json.path(name));
    }

    static String text(JsonNode value) {
        String text = value.isMissingNode() || value.isNull()
                ? NONE
                : value.isIntegralNumber()
                        ? number(value.asLong(0))
                        : value.isValueNode() ? value.asString("") : Json.write(value);
        return text.isEmpty() ? NONE : text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** How many; 0 if that is not said. */
    static long count(JsonNode json, String name) {
        return json.path(name).isIntegralNumber() ? json.path(name).asLong(0) : 0;
    }

    /** How many a second. */
    static String rate(JsonNode json, String name) {
        JsonNode value = json.path(name);
        return value.isNumber() ? String.format(Locale.ROOT, "%,.1f", value.asDouble(0)) : text(value);
    }

    static boolean isPositive(JsonNode json, String name) {
        return json.path(name).isNumber() && json.path(name).asDouble(0) > 0;
    }

    /** A duration, as seconds or ISO 8601. */
    static String time(JsonNode json, String name) {
        JsonNode value = json.path(name);
        try {
            long seconds = value.isNumber()
                    ? value.asLong(0)
                    : Duration.parse(value.asString("")).toSeconds();
            return about(seconds);
        } catch (DateTimeParseException e) {
            return text(value);
        }
    }

    /** A time, without fractions of a second. */
    static String moment(JsonNode json, String name) {
        return text(json, name).replaceFirst("\\.\\d+Z\\z", "Z");
    }

    /** Seconds for people. */
    static String about(long seconds) {
        Duration time = Duration.ofSeconds(seconds);
        if (time.toMinutes() < 2) {
            return seconds + " s";
        }
        return time.toHours() < 2
                ? time.toMinutes() + " min"
                : time.toDays() < 2 ? time.toHours() + " h" : time.toDays() + " d";
    }

    /** The elements of an array, as far as it is one. */
    static List<JsonNode> list(JsonNode json, String name) {
        List<JsonNode> all = new ArrayList<>();
        if (json.path(name).isArray()) {
            json.path(name).forEach(all::add);
        }
        return all;
    }

    /** The members of an object, as far as it is one. */
    static List<Map.Entry<String, JsonNode>> members(JsonNode json) {
        return json.isObject() ? List.copyOf(json.properties()) : List.of();
    }

    /** {@code "device-rejected 12, undecodable 3"}. */
    static String counts(JsonNode json) {
        List<String> all = new ArrayList<>();
        members(json).forEach(each -> all.add(each.getKey() + " " + text(each.getValue())));
        return all.isEmpty() ? NONE : String.join(", ", all);
    }
}

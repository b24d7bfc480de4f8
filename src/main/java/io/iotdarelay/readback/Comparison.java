package io.iotdarelay.readback;

import io.iotdarelay.decode.NumberNodes;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Whether two values are the same, whatever their form: 21, 21.0 and "21" are, and members have no order. Numbers are compared exactly. A
 * time may be written as the platform writes times. Pure.
 */
final class Comparison {

    /** Longer texts are no numbers that anybody reports. */
    private static final int LONGEST_NUMBER = 1_000;

    /** As in a product model's DateTime. */
    private static final DateTimeFormatter BASIC =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private Comparison() {}

    static boolean isSame(JsonNode one, JsonNode other) {
        if (one.isNumber() || other.isNumber()) {
            Optional<BigDecimal> number = number(one);
            return number.isPresent()
                    && number(other)
                            .filter(same -> same.compareTo(number.get()) == 0)
                            .isPresent();
        }
        if (one.isObject()) {
            return other.isObject() && one.size() == other.size() && hasSameMembers(one, other);
        }
        if (one.isArray()) {
            return other.isArray() && one.size() == other.size() && hasSameElements(one, other);
        }
        return one.equals(other) || isSameTime(one, other);
    }

    /** Whether a number is the other one in 64 bits of binary floating point: what is lost then are digits. */
    static boolean isRounded(JsonNode one, JsonNode other) {
        if (!one.isNumber() || !other.isNumber() || isSame(one, other)) {
            return false;
        }
        double rounded = number(one).map(BigDecimal::doubleValue).orElse(Double.NaN);
        return Double.isFinite(rounded)
                && number(other)
                        .filter(same -> Double.compare(same.doubleValue(), rounded) == 0)
                        .isPresent();
    }

    /**
     * Whether nothing can be said about what is shown. A secret that somebody may not see is shown as asterisks, and perhaps other values;
     * and a number that is not finite is no value at all.
     */
    static boolean isUnclear(JsonNode value) {
        if (value.isContainer()) {
            return value.valueStream().anyMatch(Comparison::isUnclear);
        }
        return value.isNumber()
                ? !NumberNodes.isFinite(value)
                : value.isString()
                        && !value.asString().isEmpty()
                        && value.asString().chars().allMatch(c -> c == '*');
    }

    /** Of a number, or of a text that is one. Nothing if it is not finite. */
    private static Optional<BigDecimal> number(JsonNode value) {
        if (value.isNumber()) {
            return NumberNodes.isFinite(value) ? Optional.of(value.decimalValue()) : Optional.empty();
        }
        if (!value.isString() || value.asString().length() > LONGEST_NUMBER) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigDecimal(value.asString()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isSameTime(JsonNode one, JsonNode other) {
        return one.isString()
                && other.isString()
                && time(one.asString())
                        .filter(at -> time(other.asString()).filter(at::equals).isPresent())
                        .isPresent();
    }

    private static Optional<Instant> time(String text) {
        if (text.length() < 16 || text.length() > 40 || !Character.isDigit(text.charAt(0))) {
            return Optional.empty(); // most texts, without an exception for each
        }
        for (DateTimeFormatter form : List.of(BASIC, DateTimeFormatter.ISO_OFFSET_DATE_TIME)) {
            try {
                return Optional.of(form.parse(text, Instant::from));
            } catch (DateTimeException e) {
                // it may have the other form
            }
        }
        return Optional.empty();
    }

    private static boolean hasSameMembers(JsonNode one, JsonNode other) {
        for (Map.Entry<String, JsonNode> member : one.properties()) {
            JsonNode same = other.get(member.getKey());
            if (same == null || !isSame(member.getValue(), same)) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasSameElements(JsonNode one, JsonNode other) {
        for (int i = 0; i < one.size(); i++) {
            if (!isSame(one.get(i), other.get(i))) {
                return false;
            }
        }
        return true;
    }
}

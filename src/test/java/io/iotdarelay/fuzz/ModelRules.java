package io.iotdarelay.fuzz;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A product model and what it requires of a report: written down a second time, simply, from docs/models.md, to be compared with what the
 * relay finds. It reads the JSON of the request, as the platform would.
 *
 * @param services properties by the names of services and their own
 */
record ModelRules(Map<String, Map<String, Wanted>> services) {

    private static final DateTimeFormatter COMPACT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withResolverStyle(ResolverStyle.STRICT);

    /** What a model says of a property. */
    record Wanted(
            String type,
            @Nullable BigDecimal min,
            @Nullable BigDecimal max,
            int maxLength,
            List<String> listed,
            boolean required,
            boolean readable,
            @Nullable BigDecimal step) {

        private boolean hasRange() {
            boolean zeros = min != null && max != null && min.signum() == 0 && max.signum() == 0;
            boolean reversed = min != null && max != null && min.compareTo(max) > 0;
            return !zeros && !reversed;
        }
    }

    /** What the platform discards: all of it, as rules of docs/models.md. */
    List<String> discarded(JsonNode entries) {
        List<String> broken = new ArrayList<>();
        for (JsonNode entry : entries) {
            Map<String, Wanted> wanted = services.get(entry.path("service_id").asString());
            if (wanted == null) {
                broken.add("unknown-service");
                continue;
            }
            entry.path("properties").forEachEntry((name, value) -> {
                Wanted property = wanted.get(name);
                String rule = property == null ? "unknown-property" : discards(property, value);
                if (!rule.isEmpty()) {
                    broken.add(rule);
                }
            });
        }
        return broken;
    }

    /** What the model only describes. */
    Set<String> described(JsonNode entries) {
        Set<String> broken = new TreeSet<>();
        for (JsonNode entry : entries) {
            Map<String, Wanted> wanted =
                    services.getOrDefault(entry.path("service_id").asString(), Map.of());
            JsonNode values = entry.path("properties");
            wanted.forEach((name, property) -> {
                if (property.required() && !values.has(name)) {
                    broken.add("required");
                }
                if (values.has(name) && discards(property, values.path(name)).isEmpty()) {
                    describe(property, values.path(name), broken);
                }
            });
        }
        return broken;
    }

    private static String discards(Wanted wanted, JsonNode value) {
        return switch (wanted.type()) {
            case "int" -> whole(wanted, value, 32);
            case "long" -> whole(wanted, value, 64);
            case "decimal" -> value.isNumber() ? range(wanted, value.decimalValue()) : "type";
            case "string", "DateTime" ->
                !value.isString() ? "type" : isTooLong(wanted, value.asString().length()) ? "length" : "";
            case "enum" ->
                !value.isString()
                        ? "type"
                        : wanted.listed().isEmpty() || wanted.listed().contains(value.asString()) ? "" : "enum";
            case "boolean" -> value.isBoolean() ? "" : "type";
            case "jsonObject" -> value.isObject() ? "" : "type";
            case "string list" -> value.isArray() && value.valueStream().allMatch(JsonNode::isString) ? "" : "type";
            default -> throw new IllegalArgumentException(wanted.type());
        };
    }

    private static boolean isTooLong(Wanted wanted, int length) {
        return wanted.maxLength() > 0 && length > wanted.maxLength();
    }

    private static String whole(Wanted wanted, JsonNode value, int bits) {
        if (!value.isIntegralNumber()) {
            return "type";
        }
        return value.bigIntegerValue().bitLength() >= bits ? "range" : range(wanted, value.decimalValue());
    }

    private static String range(Wanted wanted, BigDecimal number) {
        boolean outside = wanted.hasRange()
                && ((wanted.min() != null && number.compareTo(wanted.min()) < 0)
                        || (wanted.max() != null && number.compareTo(wanted.max()) > 0));
        return outside ? "range" : "";
    }

    private static void describe(Wanted wanted, JsonNode value, Set<String> broken) {
        if (!wanted.readable()) {
            broken.add("method");
        }
        if (wanted.type().equals("DateTime") && !isCompactTime(value.asString())) {
            broken.add("date-time");
        }
        if (wanted.step() != null && value.isNumber() && missesStep(wanted, value.decimalValue())) {
            broken.add("step");
        }
        boolean scalar = value.isString() || value.isNumber();
        if (!wanted.type().equals("enum")
                && scalar
                && !wanted.listed().isEmpty()
                && !wanted.listed().contains(value.asString())) {
            broken.add("enum-list");
        }
    }

    /** Numbers beyond 400 digits are not looked at. */
    private static boolean missesStep(Wanted wanted, BigDecimal number) {
        boolean small =
                Math.abs((long) number.precision() - number.scale()) <= 400 && Math.abs((long) number.scale()) <= 400;
        BigDecimal base = wanted.hasRange() && wanted.min() != null ? wanted.min() : BigDecimal.ZERO;
        return small && number.subtract(base).remainder(wanted.step()).signum() != 0;
    }

    private static boolean isCompactTime(String text) {
        try {
            LocalDateTime unused = LocalDateTime.parse(text, COMPACT);
            return text.length() == "20151212T121212Z".length();
        } catch (DateTimeException e) {
            return false;
        }
    }
}

package io.iotdarelay.simulator;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A product model: which services and properties there are, and which values they take.
 *
 * @param services by {@code service_id}
 */
public record SimulatedProduct(Map<String, Map<String, Property>> services) {

    public SimulatedProduct {
        services = Map.copyOf(services);
    }

    /**
     * A property.
     *
     * @param dataType as the platform spells it: int, long, decimal, string, DateTime, jsonObject, enum, boolean, string list
     */
    public record Property(
            String dataType,
            boolean required,
            @Nullable BigDecimal min,
            @Nullable BigDecimal max,
            int maxLength,
            List<String> enumList) {

        public Property {
            enumList = List.copyOf(enumList);
        }

        /** A property without bounds. */
        public static Property of(String dataType) {
            return new Property(dataType, false, null, null, 0, List.of());
        }

        /** A copy with bounds. */
        public Property between(String least, String most) {
            return new Property(dataType, required, new BigDecimal(least), new BigDecimal(most), maxLength, enumList);
        }

        /** A copy that each report of the service must hold. */
        public Property mandatory() {
            return new Property(dataType, true, min, max, maxLength, enumList);
        }

        /** Whether the platform keeps such a value. */
        public boolean takes(JsonNode value) {
            return switch (dataType) {
                case "int" -> value.isNumber() && value.canConvertToInt() && isWhole(value) && inRange(value);
                case "long" -> value.isNumber() && value.canConvertToLong() && isWhole(value) && inRange(value);
                case "decimal" -> value.isNumber() && inRange(value);
                case "string", "DateTime" -> value.isString() && fits(value);
                case "enum" -> value.isString() && enumList.contains(value.asString());
                case "boolean" -> value.isBoolean();
                case "jsonObject" -> value.isObject();
                case "string list" -> value.isArray() && value.valueStream().allMatch(JsonNode::isString);
                default -> false;
            };
        }

        private static boolean isWhole(JsonNode value) {
            return value.decimalValue().stripTrailingZeros().scale() <= 0;
        }

        private boolean inRange(JsonNode value) {
            BigDecimal number = value.decimalValue();
            return (min == null || number.compareTo(min) >= 0) && (max == null || number.compareTo(max) <= 0);
        }

        private boolean fits(JsonNode value) {
            return maxLength == 0 || value.asString().length() <= maxLength;
        }
    }
}

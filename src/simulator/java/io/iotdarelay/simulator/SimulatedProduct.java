package io.iotdarelay.simulator;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A product model: which services and properties there are, and which values they take.
 *
 * @param services by {@code service_id}
 */
public record SimulatedProduct(Map<String, Map<String, Property>> services) {

    private static final Set<String> TYPES =
            Set.of("int", "long", "decimal", "string", "DateTime", "jsonObject", "enum", "boolean", "string list");
    private static final int MOST = 500;

    public SimulatedProduct {
        services = Map.copyOf(services);
    }

    /** Reads {@code service_capabilities}; what is wrong with them is thrown. */
    static SimulatedProduct parse(JsonNode capabilities) {
        Map<String, Map<String, Property>> services = new HashMap<>();
        for (JsonNode service : capabilities) {
            String id = service.path("service_id").asString("");
            Map<String, Property> properties = new HashMap<>();
            for (JsonNode property : service.path("properties")) {
                String name = property.path("property_name").asString("");
                if (properties.put(name, Property.parse(property, id + "." + name)) != null || name.isEmpty()) {
                    throw new IllegalArgumentException(id + "." + name + ": a name that is empty, or not the only one");
                }
            }
            if (services.put(id, properties) != null || id.isEmpty() || properties.size() > MOST) {
                throw new IllegalArgumentException(id + ": a name that is empty, or not the only one, or too much");
            }
        }
        if (services.size() > MOST) {
            throw new IllegalArgumentException("more than " + MOST + " services");
        }
        return new SimulatedProduct(services);
    }

    /** It as {@code service_capabilities}. */
    ArrayNode capabilities() {
        ArrayNode capabilities = Json.array();
        new TreeMap<>(services).forEach((id, properties) -> {
            ObjectNode service = capabilities.addObject();
            service.put("service_id", id).put("service_type", id).put("option", "Optional");
            ArrayNode described = service.putArray("properties");
            new TreeMap<>(properties).forEach((name, property) -> described.add(property.describe(name)));
        });
        return capabilities;
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

        /** A copy that each report of the service should hold, which the platform does not insist on. */
        public Property mandatory() {
            return new Property(dataType, true, min, max, maxLength, enumList);
        }

        /** A property in the form of the API. Bounds that cannot be meant are none. */
        private static Property parse(JsonNode property, String name) {
            String dataType = property.path("data_type").asString("");
            if (!TYPES.contains(dataType)) {
                throw new IllegalArgumentException(name + ": unknown data_type");
            }
            BigDecimal min = bound(property.path("min"), name);
            BigDecimal max = bound(property.path("max"), name);
            boolean unset =
                    min != null && max != null && (min.compareTo(max) > 0 || (min.signum() == 0 && max.signum() == 0));
            return new Property(
                    dataType,
                    property.path("required").asBoolean(false),
                    unset ? null : min,
                    unset ? null : max,
                    property.path("max_length").asInt(0),
                    property.path("enum_list")
                            .valueStream()
                            .map(JsonNode::asString)
                            .toList());
        }

        private static @Nullable BigDecimal bound(JsonNode text, String name) {
            try {
                return text.asString("").isEmpty() ? null : new BigDecimal(text.asString());
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(name + ": min or max is no number", e);
            }
        }

        private ObjectNode describe(String name) {
            ObjectNode described = Json.object()
                    .put("property_name", name)
                    .put("data_type", dataType)
                    .put("required", required)
                    .put("max_length", maxLength)
                    .put("method", "R");
            if (min != null) {
                described.put("min", min.toPlainString());
            }
            if (max != null) {
                described.put("max", max.toPlainString());
            }
            enumList.forEach(described.putArray("enum_list")::add);
            return described;
        }

        /** Whether the platform keeps such a value. */
        public boolean takes(JsonNode value) {
            return switch (dataType) {
                case "int" -> value.isNumber() && value.canConvertToInt() && isWhole(value) && inRange(value);
                case "long" -> value.isNumber() && value.canConvertToLong() && isWhole(value) && inRange(value);
                case "decimal" -> value.isNumber() && inRange(value);
                case "string", "DateTime" -> value.isString() && fits(value);
                case "enum" -> value.isString() && (enumList.isEmpty() || enumList.contains(value.asString()));
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

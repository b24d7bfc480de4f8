package io.iotdarelay.decode;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The envelope that Kafka Connect's JSON converter writes with {@code schemas.enable}: the value is its payload. What the schema
 * calls a decimal becomes an exact number, bytes become bytes, and dates and times ISO text.
 */
final class ConnectValue implements ValueReader {

    private final JsonValue json = new JsonValue();

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        JsonNode envelope = json.read(value, headers);
        JsonNode payload = envelope.get("payload");
        if (payload == null || !envelope.has("schema")) {
            throw new FormatException(
                    "expected an object with the members schema and payload; without them use 'format: json'");
        }
        return new Conversion().converted(payload, envelope.get("schema"), new Path(null, "payload"));
    }

    /** Of one value. */
    private static final class Conversion {

        /** A struct may have many fields that its values, of which there may be many, have not. */
        private final IdentityHashMap<JsonNode, Map<String, JsonNode>> structs = new IdentityHashMap<>();

        JsonNode converted(JsonNode value, JsonNode schema, Path path) throws FormatException {
            if (value.isNull() || !schema.isObject()) {
                return value;
            }
            String name = schema.path("name").asString("");
            return switch (name) {
                case "org.apache.kafka.connect.data.Decimal" -> decimal(value, scale(schema, path), path);
                case "io.debezium.data.VariableScaleDecimal" ->
                    decimal(value.path("value"), whole(value.path("scale"), path), path);
                case "org.apache.kafka.connect.data.Date", "io.debezium.time.Date" -> date(value, path);
                case "org.apache.kafka.connect.data.Time", "io.debezium.time.Time" ->
                    time(value, ChronoUnit.MILLIS, path);
                case "io.debezium.time.MicroTime" -> time(value, ChronoUnit.MICROS, path);
                case "io.debezium.time.NanoTime" -> time(value, ChronoUnit.NANOS, path);
                case "org.apache.kafka.connect.data.Timestamp", "io.debezium.time.Timestamp" ->
                    timestamp(value, ChronoUnit.MILLIS, path);
                case "io.debezium.time.MicroTimestamp" -> timestamp(value, ChronoUnit.MICROS, path);
                case "io.debezium.time.NanoTimestamp" -> timestamp(value, ChronoUnit.NANOS, path);
                default -> plain(value, schema, path);
            };
        }

        private JsonNode plain(JsonNode value, JsonNode schema, Path path) throws FormatException {
            return switch (schema.path("type").asString("")) {
                case "struct" -> struct(value, schema, path);
                case "array" -> array(value, schema.path("items"), path);
                case "map" -> map(value, schema, path);
                case "bytes" -> JsonNodeFactory.instance.binaryNode(base64(value, path));
                default -> value;
            };
        }

        private JsonNode struct(JsonNode value, JsonNode schema, Path path) throws FormatException {
            if (!(value instanceof ObjectNode object)) {
                throw wrong(path, "an object");
            }
            Map<String, JsonNode> fields = fields(schema);
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                JsonNode field = fields.get(member.getKey());
                if (field != null) {
                    member.setValue(converted(member.getValue(), field, new Path(path, member.getKey())));
                }
            }
            return object;
        }

        private JsonNode array(JsonNode value, JsonNode items, Path path) throws FormatException {
            if (!(value instanceof ArrayNode array)) {
                throw wrong(path, "an array");
            }
            for (int i = 0; i < array.size(); i++) {
                array.set(i, converted(array.get(i), items, new Path(path, i)));
            }
            return array;
        }

        /** An object, or an array of pairs where the keys are not texts. */
        private JsonNode map(JsonNode value, JsonNode schema, Path path) throws FormatException {
            JsonNode values = schema.path("values");
            if (value instanceof ObjectNode object) {
                for (Map.Entry<String, JsonNode> member : object.properties()) {
                    member.setValue(converted(member.getValue(), values, new Path(path, member.getKey())));
                }
            } else if (value instanceof ArrayNode pairs) {
                for (JsonNode pair : pairs) {
                    if (!(pair instanceof ArrayNode both) || both.size() != 2) {
                        throw wrong(path, "pairs of key and value");
                    }
                    both.set(0, converted(both.get(0), schema.path("keys"), path));
                    both.set(1, converted(both.get(1), values, path));
                }
            } else {
                throw wrong(path, "a map");
            }
            return value;
        }

        private Map<String, JsonNode> fields(JsonNode schema) {
            return structs.computeIfAbsent(schema, struct -> {
                Map<String, JsonNode> fields = new HashMap<>();
                for (JsonNode field : struct.path("fields")) {
                    fields.put(field.path("field").asString(""), field);
                }
                return fields;
            });
        }
    }

    /** With {@code decimal.format=NUMERIC} it is a number already. */
    private static JsonNode decimal(JsonNode value, long scale, Path path) throws FormatException {
        if (value.isNumber()) {
            return value;
        }
        byte[] unscaled = base64(value, path);
        if (unscaled.length == 0) {
            throw wrong(path, "a decimal");
        }
        if ((int) scale != scale) {
            throw FormatException.outOfRange();
        }
        return NumberNodes.of(NumberNodes.bounded(new BigDecimal(new BigInteger(unscaled), (int) scale)));
    }

    private static int scale(JsonNode schema, Path path) throws FormatException {
        JsonNode scale = schema.path("parameters").path("scale");
        try {
            return Integer.parseInt(scale.asString(""));
        } catch (NumberFormatException e) {
            throw wrong(path, "a scale in the decimal's schema");
        }
    }

    private static JsonNode date(JsonNode value, Path path) throws FormatException {
        try {
            return text(LocalDate.ofEpochDay(whole(value, path)));
        } catch (DateTimeException e) {
            throw wrong(path, "a date");
        }
    }

    private static JsonNode time(JsonNode value, ChronoUnit unit, Path path) throws FormatException {
        try {
            long nanos =
                    Math.multiplyExact(whole(value, path), unit.getDuration().toNanos());
            return text(LocalTime.ofNanoOfDay(nanos));
        } catch (DateTimeException | ArithmeticException e) {
            throw wrong(path, "a time of day");
        }
    }

    private static JsonNode timestamp(JsonNode value, ChronoUnit unit, Path path) throws FormatException {
        return text(Instant.EPOCH.plus(whole(value, path), unit));
    }

    private static long whole(JsonNode value, Path path) throws FormatException {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(path, "a whole number");
        }
        return value.longValue();
    }

    private static byte[] base64(JsonNode value, Path path) throws FormatException {
        try {
            if (value.isString()) {
                return Base64.getDecoder().decode(value.asString());
            }
        } catch (IllegalArgumentException e) {
            throw wrong(path, "base64");
        }
        throw wrong(path, "base64");
    }

    private static JsonNode text(@Nullable Object what) {
        return JsonNodeFactory.instance.stringNode(String.valueOf(what));
    }

    private static FormatException wrong(Path path, String what) {
        return new FormatException("the schema needs " + what + " at " + path.shortened());
    }

    /**
     * Where a value is. It becomes text only where it is named: names may be long, and stand above many values.
     *
     * @param name a member's name, or an element's number
     */
    private record Path(@Nullable Path parent, Object name) {

        private static final int MAX_LENGTH = 200;

        String shortened() {
            StringBuilder text = new StringBuilder();
            for (Path each = this; each != null; each = each.parent()) {
                String part = each.name().toString();
                text.insert(0, part.substring(0, Math.min(part.length(), MAX_LENGTH + 1)))
                        .insert(0, each.parent() == null ? "" : "/");
            }
            return text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text.toString();
        }
    }
}

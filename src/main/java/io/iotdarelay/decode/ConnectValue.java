package io.iotdarelay.decode;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
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

    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);

    private final JsonValue json = new JsonValue();

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        JsonNode envelope = json.read(value, headers);
        JsonNode payload = envelope.get("payload");
        if (payload == null || !envelope.has("schema")) {
            throw new FormatException(
                    "expected an object with the members schema and payload; without them use 'format: json'");
        }
        return converted(payload, envelope.get("schema"), "payload");
    }

    private static JsonNode converted(JsonNode value, JsonNode schema, String path) throws FormatException {
        if (value.isNull() || !schema.isObject()) {
            return value;
        }
        String name = schema.path("name").asString("");
        return switch (name) {
            case "org.apache.kafka.connect.data.Decimal" -> decimal(value, scale(schema, path), path);
            case "io.debezium.data.VariableScaleDecimal" ->
                decimal(value.path("value"), whole(value.path("scale"), path).intValue(), path);
            case "org.apache.kafka.connect.data.Date", "io.debezium.time.Date" -> date(value, path);
            case "org.apache.kafka.connect.data.Time", "io.debezium.time.Time" -> time(value, ChronoUnit.MILLIS, path);
            case "io.debezium.time.MicroTime" -> time(value, ChronoUnit.MICROS, path);
            case "io.debezium.time.NanoTime" -> time(value, ChronoUnit.NANOS, path);
            case "org.apache.kafka.connect.data.Timestamp", "io.debezium.time.Timestamp" ->
                timestamp(value, ChronoUnit.MILLIS, path);
            case "io.debezium.time.MicroTimestamp" -> timestamp(value, ChronoUnit.MICROS, path);
            case "io.debezium.time.NanoTimestamp" -> timestamp(value, ChronoUnit.NANOS, path);
            default -> plain(value, schema, path);
        };
    }

    private static JsonNode plain(JsonNode value, JsonNode schema, String path) throws FormatException {
        return switch (schema.path("type").asString("")) {
            case "struct" -> struct(value, schema, path);
            case "array" -> array(value, schema.path("items"), path);
            case "map" -> map(value, schema, path);
            case "bytes" -> JsonNodeFactory.instance.binaryNode(base64(value, path));
            default -> value;
        };
    }

    private static JsonNode struct(JsonNode value, JsonNode schema, String path) throws FormatException {
        if (!(value instanceof ObjectNode object)) {
            throw wrong(path, "an object");
        }
        for (JsonNode field : schema.path("fields")) {
            String name = field.path("field").asString("");
            JsonNode member = object.get(name);
            if (member != null) {
                object.set(name, converted(member, field, path + "/" + name));
            }
        }
        return object;
    }

    private static JsonNode array(JsonNode value, JsonNode items, String path) throws FormatException {
        if (!(value instanceof ArrayNode array)) {
            throw wrong(path, "an array");
        }
        for (int i = 0; i < array.size(); i++) {
            array.set(i, converted(array.get(i), items, path + "/" + i));
        }
        return array;
    }

    /** An object, or an array of pairs where the keys are not texts. */
    private static JsonNode map(JsonNode value, JsonNode schema, String path) throws FormatException {
        JsonNode values = schema.path("values");
        if (value instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                member.setValue(converted(member.getValue(), values, path + "/" + member.getKey()));
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

    /** With {@code decimal.format=NUMERIC} it is a number already. */
    private static JsonNode decimal(JsonNode value, int scale, String path) throws FormatException {
        if (value.isNumber()) {
            return value;
        }
        byte[] unscaled = base64(value, path);
        if (unscaled.length == 0) {
            throw wrong(path, "a decimal");
        }
        return Numbers.of(Numbers.bounded(new BigDecimal(new BigInteger(unscaled), scale)));
    }

    private static int scale(JsonNode schema, String path) throws FormatException {
        JsonNode scale = schema.path("parameters").path("scale");
        try {
            return Integer.parseInt(scale.asString(""));
        } catch (NumberFormatException e) {
            throw wrong(path, "a scale in the decimal's schema");
        }
    }

    private static JsonNode date(JsonNode value, String path) throws FormatException {
        try {
            return text(LocalDate.ofEpochDay(whole(value, path).longValue()));
        } catch (DateTimeException e) {
            throw wrong(path, "a date");
        }
    }

    private static JsonNode time(JsonNode value, ChronoUnit unit, String path) throws FormatException {
        try {
            BigInteger nanos = whole(value, path).multiply(nanos(unit));
            return text(LocalTime.ofNanoOfDay(nanos.longValueExact()));
        } catch (DateTimeException | ArithmeticException e) {
            throw wrong(path, "a time of day");
        }
    }

    private static JsonNode timestamp(JsonNode value, ChronoUnit unit, String path) throws FormatException {
        BigInteger[] seconds = whole(value, path).multiply(nanos(unit)).divideAndRemainder(NANOS_PER_SECOND);
        return text(Instant.ofEpochSecond(seconds[0].longValue(), seconds[1].longValue()));
    }

    private static BigInteger nanos(ChronoUnit unit) {
        return BigInteger.valueOf(unit.getDuration().toNanos());
    }

    private static BigInteger whole(JsonNode value, String path) throws FormatException {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(path, "a whole number");
        }
        return value.bigIntegerValue();
    }

    private static byte[] base64(JsonNode value, String path) throws FormatException {
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

    private static FormatException wrong(String path, String what) {
        return new FormatException("the schema needs " + what + " at " + shortened(path));
    }

    /** Names come from the record, and may be long. */
    private static String shortened(String path) {
        return path.length() > 200 ? path.substring(0, 200) + "..." : path;
    }
}

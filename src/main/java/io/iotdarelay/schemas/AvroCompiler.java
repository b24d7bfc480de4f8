package io.iotdarelay.schemas;

import io.iotdarelay.decode.NumberNodes;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Makes a reader of each type of a schema. */
final class AvroCompiler {

    /** As many digits as a number in JSON may have. */
    static final int MAX_SCALE = 1000;

    private static final int MAX_UNSCALED = 416;
    private static final int DURATION_BYTES = 12;
    private static final int UUID_BYTES = 16;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Types that contain themselves meet their own reader here. */
    private final IdentityHashMap<Schema, RecordReader> records = new IdentityHashMap<>();

    AvroReader compile(Schema schema) {
        LogicalType logical = schema.getLogicalType();
        return switch (schema.getType()) {
            case NULL -> in -> NullNode.getInstance();
            case BOOLEAN -> in -> BooleanNode.valueOf(in.readBoolean());
            case INT -> logical == null ? in -> NODES.numberNode(in.readInt()) : integer(logical);
            case LONG -> logical == null ? in -> NODES.numberNode(in.readLong()) : longInteger(logical);
            case FLOAT -> in -> NumberNodes.of(in.readFloat());
            case DOUBLE -> in -> NumberNodes.of(in.readDouble());
            case STRING -> in -> StringNode.valueOf(in.readString());
            case BYTES -> bytes(logical, AvroInput::readBytes);
            case FIXED -> fixed(logical, schema.getFixedSize());
            case ENUM -> symbols(schema);
            case UNION -> union(schema.getTypes().stream().map(this::compile).toArray(AvroReader[]::new));
            case ARRAY -> array(compile(schema.getElementType()));
            case MAP -> map(compile(schema.getValueType()));
            case RECORD -> object(schema);
        };
    }

    private static AvroReader integer(LogicalType logical) {
        return switch (logical.getName()) {
            case "date" -> in -> text(LocalDate.ofEpochDay(in.readInt()));
            case "time-millis" -> in -> time(in.readInt(), ChronoUnit.MILLIS);
            default -> in -> NODES.numberNode(in.readInt());
        };
    }

    private static AvroReader longInteger(LogicalType logical) {
        return switch (logical.getName()) {
            case "timestamp-millis" -> in -> instant(in.readLong(), ChronoUnit.MILLIS);
            case "timestamp-micros" -> in -> instant(in.readLong(), ChronoUnit.MICROS);
            case "timestamp-nanos" -> in -> instant(in.readLong(), ChronoUnit.NANOS);
            case "local-timestamp-millis" -> in -> local(in.readLong(), ChronoUnit.MILLIS);
            case "local-timestamp-micros" -> in -> local(in.readLong(), ChronoUnit.MICROS);
            case "local-timestamp-nanos" -> in -> local(in.readLong(), ChronoUnit.NANOS);
            case "time-micros" -> in -> time(in.readLong(), ChronoUnit.MICROS);
            default -> in -> NODES.numberNode(in.readLong());
        };
    }

    private static AvroReader fixed(@Nullable LogicalType logical, int size) {
        String name = logical == null ? "" : logical.getName();
        if (name.equals("uuid") && size == UUID_BYTES) {
            return in -> {
                ByteBuffer bytes = ByteBuffer.wrap(in.readFixed(UUID_BYTES));
                return text(new UUID(bytes.getLong(), bytes.getLong()));
            };
        }
        return name.equals("duration") && size == DURATION_BYTES
                ? in -> duration(in.readFixed(DURATION_BYTES))
                : bytes(logical, in -> in.readFixed(size));
    }

    /** Where bytes come from: with a length in front, or of a fixed one. */
    private interface Bytes {

        byte[] read(AvroInput in) throws IOException;
    }

    private static AvroReader bytes(@Nullable LogicalType logical, Bytes source) {
        if (logical instanceof LogicalTypes.Decimal decimal) {
            int scale = decimal.getScale();
            if (scale > MAX_SCALE) {
                throw new ArithmeticException("scale");
            }
            return in -> decimal(source.read(in), scale);
        }
        if (logical != null && logical.getName().equals("big-decimal")) {
            return in -> bigDecimal(source.read(in));
        }
        return in -> StringNode.valueOf(Base64.getEncoder().encodeToString(source.read(in)));
    }

    private static AvroReader symbols(Schema schema) {
        JsonNode[] symbols =
                schema.getEnumSymbols().stream().map(StringNode::valueOf).toArray(JsonNode[]::new);
        return in -> symbols[index(in.readInt(), symbols.length, "symbol")];
    }

    private static AvroReader union(AvroReader[] branches) {
        return in -> branches[index(in.readInt(), branches.length, "branch")].read(in);
    }

    private static int index(int index, int count, String what) throws IOException {
        if (index < 0 || index >= count) {
            throw new IOException("there is no " + what + " " + index);
        }
        return index;
    }

    private static AvroReader array(AvroReader element) {
        return in -> {
            in.enter();
            ArrayNode array = NODES.arrayNode();
            for (long block = in.readBlock(); block > 0; block = in.readBlock()) {
                for (long i = 0; i < block; i++) {
                    in.count();
                    array.add(element.read(in));
                }
            }
            in.leave();
            return array;
        };
    }

    private static AvroReader map(AvroReader value) {
        return in -> {
            in.enter();
            ObjectNode object = NODES.objectNode();
            for (long block = in.readBlock(); block > 0; block = in.readBlock()) {
                for (long i = 0; i < block; i++) {
                    in.count();
                    if (object.replace(in.readString(), value.read(in)) != null) {
                        throw new IOException("a key occurs twice in a map");
                    }
                }
            }
            in.leave();
            return object;
        };
    }

    private AvroReader object(Schema schema) {
        RecordReader known = records.get(schema);
        if (known != null) {
            return known;
        }
        List<Schema.Field> fields = schema.getFields();
        RecordReader reader = new RecordReader(new String[fields.size()], new AvroReader[fields.size()]);
        records.put(schema, reader);
        for (int i = 0; i < fields.size(); i++) {
            reader.names[i] = fields.get(i).name();
            reader.readers[i] = compile(fields.get(i).schema());
        }
        return reader;
    }

    @SuppressWarnings("ArrayRecordComponent") // filled once, when all types that it contains have readers
    private record RecordReader(String[] names, AvroReader[] readers) implements AvroReader {

        @Override
        public JsonNode read(AvroInput in) throws IOException {
            in.enter();
            ObjectNode object = NODES.objectNode();
            for (int i = 0; i < names.length; i++) {
                in.count();
                object.set(names[i], readers[i].read(in));
            }
            in.leave();
            return object;
        }
    }

    private static JsonNode text(Object value) {
        return StringNode.valueOf(value.toString());
    }

    private static JsonNode instant(long value, ChronoUnit unit) {
        return text(Instant.EPOCH.plus(value, unit));
    }

    private static JsonNode local(long value, ChronoUnit unit) throws IOException {
        try {
            return text(LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC).plus(value, unit));
        } catch (DateTimeException e) {
            throw new IOException("a time is out of range", e);
        }
    }

    private static JsonNode time(long value, ChronoUnit unit) throws IOException {
        if (value < 0 || value >= ChronoUnit.DAYS.getDuration().dividedBy(unit.getDuration())) {
            throw new IOException("a time of day is out of range");
        }
        return text(LocalTime.MIDNIGHT.plus(value, unit));
    }

    private static JsonNode decimal(byte[] unscaled, int scale) throws IOException {
        if (unscaled.length == 0 || unscaled.length > MAX_UNSCALED) {
            throw new IOException("a decimal has no digit, or more than " + MAX_SCALE);
        }
        return DecimalNode.valueOf(new BigDecimal(new BigInteger(unscaled), scale));
    }

    /** A decimal that says its own scale: the unscaled value, as bytes with their length, and the scale. */
    private static JsonNode bigDecimal(byte[] encoded) throws IOException {
        AvroInput inner = new AvroInput(encoded, 0);
        byte[] unscaled = inner.readBytes();
        int scale = inner.readInt();
        if (scale < -MAX_SCALE || scale > MAX_SCALE) {
            throw new IOException("the scale of a decimal is not within " + MAX_SCALE);
        }
        return decimal(unscaled, scale);
    }

    private static JsonNode duration(byte[] encoded) {
        ByteBuffer parts = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        ObjectNode object = NODES.objectNode();
        for (String part : List.of("months", "days", "milliseconds")) {
            object.put(part, Integer.toUnsignedLong(parts.getInt()));
        }
        return object;
    }
}

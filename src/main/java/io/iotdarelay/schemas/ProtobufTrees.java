package io.iotdarelay.schemas;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.iotdarelay.decode.NumberNodes;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Messages as JSON trees, with the names of the fields as they are in the file. A field that a message cannot leave out has its
 * default when it is not there, because a zero is not sent; one that may be left out is missing then.
 */
final class ProtobufTrees {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Map<Descriptor, Kind> kinds;

    private ProtobufTrees(Map<Descriptor, Kind> kinds) {
        this.kinds = Map.copyOf(kinds);
    }

    static ProtobufTrees of(FileDescriptor file) {
        Map<Descriptor, Kind> kinds = new HashMap<>();
        file.getMessageTypes().forEach(type -> collect(type, kinds));
        return new ProtobufTrees(kinds);
    }

    /** All types that messages of the file may contain. */
    Iterable<Descriptor> types() {
        return kinds.keySet();
    }

    private static void collect(Descriptor type, Map<Descriptor, Kind> kinds) {
        if (kinds.putIfAbsent(type, Kind.of(type)) != null) {
            return;
        }
        type.getNestedTypes().forEach(nested -> collect(nested, kinds));
        for (FieldDescriptor field : type.getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                collect(field.getMessageType(), kinds);
            }
        }
    }

    /** What a type is shown as. */
    enum Kind {
        PLAIN,
        TIMESTAMP,
        DURATION,
        STRUCT,
        LIST,
        VALUE,
        WRAPPER;

        static Kind of(Descriptor type) {
            return switch (type.getFullName()) {
                case "google.protobuf.Timestamp" -> TIMESTAMP;
                case "google.protobuf.Duration" -> DURATION;
                case "google.protobuf.Struct" -> STRUCT;
                case "google.protobuf.ListValue" -> LIST;
                case "google.protobuf.Value" -> VALUE;
                case "google.protobuf.DoubleValue",
                        "google.protobuf.FloatValue",
                        "google.protobuf.Int64Value",
                        "google.protobuf.UInt64Value",
                        "google.protobuf.Int32Value",
                        "google.protobuf.UInt32Value",
                        "google.protobuf.BoolValue",
                        "google.protobuf.StringValue",
                        "google.protobuf.BytesValue" -> WRAPPER;
                default -> PLAIN;
            };
        }
    }

    JsonNode tree(DynamicMessage message) throws IOException {
        return new Conversion().message(message);
    }

    /** One message, whose values are counted. */
    private final class Conversion {

        private final ValueCount values = new ValueCount();

        JsonNode message(Message message) throws IOException {
            Descriptor type = message.getDescriptorForType();
            Kind kind = kinds.get(type);
            if (kind == null) {
                throw new IllegalStateException("a type that the schema does not mention");
            }
            List<FieldDescriptor> fields = type.getFields();
            return switch (kind) {
                case PLAIN -> plain(message, fields);
                case TIMESTAMP -> timestamp(number(message, fields.get(0)), number(message, fields.get(1)));
                case DURATION -> duration(number(message, fields.get(0)), number(message, fields.get(1)));
                case STRUCT, LIST, WRAPPER -> field(message, fields.getFirst());
                case VALUE -> choice(message, fields);
            };
        }

        private ObjectNode plain(Message message, List<FieldDescriptor> fields) throws IOException {
            ObjectNode object = NODES.objectNode();
            for (FieldDescriptor field : fields) {
                if (!field.hasPresence() || message.hasField(field)) {
                    object.set(field.getName(), field(message, field));
                }
            }
            return object;
        }

        private JsonNode choice(Message message, List<FieldDescriptor> fields) throws IOException {
            for (FieldDescriptor field : fields) {
                if (message.hasField(field)) {
                    return field.getJavaType() == FieldDescriptor.JavaType.ENUM
                            ? NullNode.getInstance()
                            : field(message, field);
                }
            }
            return NullNode.getInstance();
        }

        private JsonNode field(Message message, FieldDescriptor field) throws IOException {
            values.add();
            if (field.isMapField()) {
                return map(message, field);
            }
            if (!field.isRepeated()) {
                return value(field, message.getField(field));
            }
            ArrayNode array = NODES.arrayNode();
            for (Object element : (List<?>) message.getField(field)) {
                values.add();
                array.add(value(field, element));
            }
            return array;
        }

        private JsonNode map(Message message, FieldDescriptor field) throws IOException {
            ObjectNode object = NODES.objectNode();
            FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
            FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
            for (Object entry : (List<?>) message.getField(field)) {
                values.add();
                Message pair = (Message) entry;
                object.set(value(key, pair.getField(key)).asString(), value(value, pair.getField(value)));
            }
            return object;
        }

        private JsonNode value(FieldDescriptor field, Object value) throws IOException {
            return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    ? message((Message) value)
                    : scalar(field, value);
        }
    }

    /** A value that contains no others. */
    static JsonNode scalar(FieldDescriptor field, Object value) {
        return switch (field.getType()) {
            case INT32, SINT32, SFIXED32 -> NODES.numberNode((int) value);
            case UINT32, FIXED32 -> NODES.numberNode(Integer.toUnsignedLong((int) value));
            case INT64, SINT64, SFIXED64 -> NODES.numberNode((long) value);
            case UINT64, FIXED64 -> unsigned((long) value);
            case FLOAT -> NumberNodes.of((float) value);
            case DOUBLE -> NumberNodes.of((double) value);
            case BOOL -> BooleanNode.valueOf((boolean) value);
            case STRING -> StringNode.valueOf((String) value);
            case BYTES -> StringNode.valueOf(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
            case ENUM -> symbol((EnumValueDescriptor) value);
            case MESSAGE, GROUP -> throw new IllegalArgumentException(field + " is a message");
        };
    }

    /** The first of the alternatives that is there; a null, if that is the one of {@code google.protobuf.NullValue}. */
    static JsonNode choice(@Nullable JsonNode[] alternatives) {
        for (int i = 0; i < alternatives.length; i++) {
            JsonNode value = alternatives[i];
            if (value != null) {
                return i == 0 ? NullNode.getInstance() : value;
            }
        }
        return NullNode.getInstance();
    }

    private static long number(Message message, FieldDescriptor field) {
        return ((Number) message.getField(field)).longValue();
    }

    static JsonNode unsigned(long value) {
        return value >= 0 ? NODES.numberNode(value) : NODES.numberNode(new BigInteger(Long.toUnsignedString(value)));
    }

    /** Its name; the number of one that the schema does not have. */
    private static JsonNode symbol(EnumValueDescriptor value) {
        return value.getIndex() < 0 ? NODES.numberNode(value.getNumber()) : StringNode.valueOf(value.getName());
    }

    static JsonNode timestamp(long seconds, long nanos) throws IOException {
        boolean valid = seconds >= Instant.MIN.getEpochSecond() && seconds <= Instant.MAX.getEpochSecond();
        if (!valid || nanos < 0 || nanos > 999_999_999) {
            throw new IOException("a google.protobuf.Timestamp is out of range");
        }
        return StringNode.valueOf(Instant.ofEpochSecond(seconds, nanos).toString());
    }

    /** In seconds. */
    static JsonNode duration(long seconds, long nanos) {
        BigDecimal exact = BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(nanos, 9));
        BigDecimal shortest = exact.signum() == 0 ? BigDecimal.ZERO : exact.stripTrailingZeros();
        return DecimalNode.valueOf(shortest.scale() < 0 ? shortest.setScale(0) : shortest);
    }
}

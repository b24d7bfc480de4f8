package io.iotdarelay.fuzz;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.iotdarelay.schemas.SchemaText;
import io.iotdarelay.schemas.SchemaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A random Protobuf file with two messages, and values of them, written by hand: as the library would, and as it would not. */
final class ProtobufValues {

    private static final int DEEPEST = 3;

    private static final List<String> TYPES = List.of(
            "bool",
            "int32",
            "sint64",
            "uint32",
            "fixed64",
            "float",
            "double",
            "string",
            "bytes",
            "Color",
            "First",
            "Second",
            "google.protobuf.Timestamp",
            "google.protobuf.Duration",
            "google.protobuf.Struct",
            "google.protobuf.Value",
            "google.protobuf.DoubleValue",
            "google.protobuf.StringValue");

    /** A field; of a map its name alone. */
    private record Field(int number, String name, String type, boolean repeated) {

        int wireType() {
            return switch (type) {
                case "bool", "int32", "int64", "sint64", "uint32", "Color" -> WireFormat.WIRETYPE_VARINT;
                case "fixed64", "double" -> WireFormat.WIRETYPE_FIXED64;
                case "float" -> WireFormat.WIRETYPE_FIXED32;
                default -> WireFormat.WIRETYPE_LENGTH_DELIMITED;
            };
        }
    }

    private final String text;
    private final List<List<Field>> messages = new ArrayList<>();

    private ProtobufValues(RandomGenerator random) {
        boolean second = random.nextInt(3) == 0;
        StringBuilder file = new StringBuilder(second ? "syntax = \"proto2\";" : "syntax = \"proto3\";");
        for (String known : List.of("timestamp", "duration", "struct", "wrappers")) {
            file.append(" import \"google/protobuf/").append(known).append(".proto\";");
        }
        file.append(" enum Color { RED = 0; GREEN = 1; }");
        for (String name : List.of("First", "Second")) {
            messages.add(message(file.append(" message ").append(name), name.equals("First"), second, random));
        }
        this.text = file.toString();
    }

    static ProtobufValues random(RandomGenerator random) {
        return new ProtobufValues(random);
    }

    SchemaText schema() {
        return new SchemaText(SchemaType.PROTOBUF, text, List.of());
    }

    private static List<Field> message(StringBuilder file, boolean first, boolean second, RandomGenerator random) {
        List<Field> fields = new ArrayList<>();
        file.append(" {");
        for (String name : first ? Names.USUAL : Names.OF_ELEMENTS) {
            if (!name.equals("0") && random.nextInt(10) > 0) {
                Field field = field(fields.size() + 1 + random.nextInt(2) * 200, name, random);
                fields.add(field);
                boolean map = field.type().startsWith("map<");
                boolean labelled = !map && (field.repeated() || second || random.nextInt(4) == 0);
                file.append(' ')
                        .append(labelled ? field.repeated() ? "repeated " : "optional " : "")
                        .append(field.type())
                        .append(' ')
                        .append(name)
                        .append(" = ")
                        .append(field.number())
                        .append(';');
            }
        }
        file.append(" oneof choice { string one = 1001; int64 other = 1002; } }");
        fields.add(new Field(1001, "one", "string", false));
        fields.add(new Field(1002, "other", "int64", false));
        return fields;
    }

    private static Field field(int number, String name, RandomGenerator random) {
        boolean odd = random.nextInt(8) == 0;
        String type = odd
                ? Names.any(TYPES, random)
                : switch (name) {
                    case "device_id",
                            "sensor",
                            "gateway",
                            "state",
                            "type",
                            "name",
                            "label",
                            "kwh",
                            "hex",
                            "taken",
                            "json" -> "string";
                    case "ts" -> Names.any(List.of("int64", "google.protobuf.Timestamp"), random);
                    case "v", "temp", "value" ->
                        Names.any(List.of("int32", "double", "float", "google.protobuf.DoubleValue"), random);
                    case "meters" -> "map<string, double>";
                    case "readings", "list" -> "Second";
                    case "payload" ->
                        Names.any(List.of("google.protobuf.Struct", "map<string, First>", "First"), random);
                    default -> Names.any(TYPES, random);
                };
        boolean list = name.equals("readings") || name.equals("list") || (odd && random.nextInt(3) == 0);
        return new Field(number, name, type, list && !type.startsWith("map<"));
    }

    /** A message, without its schema's name. */
    byte[] write(int message, RandomGenerator random) {
        return write(messages.get(message), random, 0);
    }

    private byte[] write(List<Field> fields, RandomGenerator random, int depth) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            for (Field field : fields) {
                int times = field.repeated()
                        ? random.nextInt(3)
                        : random.nextInt(20) == 0 ? 2 : random.nextInt(12) == 0 ? 0 : 1;
                for (int i = 0; i < times; i++) {
                    write(field, out, random, depth);
                }
            }
            if (random.nextInt(20) == 0) {
                out.writeInt64(random.nextInt(1, 2000), random.nextLong());
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void write(Field field, CodedOutputStream out, RandomGenerator random, int depth) throws IOException {
        if (field.wireType() == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            if (depth < DEEPEST || field.type().equals("string")) {
                out.writeByteArray(field.number(), content(field, random, depth));
            }
            return;
        }
        out.writeTag(field.number(), field.wireType());
        switch (field.wireType()) {
            case WireFormat.WIRETYPE_FIXED32 ->
                out.writeFloatNoTag(
                        random.nextInt(6) == 0 ? Float.intBitsToFloat(random.nextInt()) : random.nextFloat());
            case WireFormat.WIRETYPE_FIXED64 ->
                out.writeDoubleNoTag(
                        random.nextInt(6) == 0 ? Double.longBitsToDouble(random.nextLong()) : random.nextDouble());
            default ->
                out.writeInt64NoTag(
                        field.name().equals("ts")
                                ? 1_793_540_096L
                                : random.nextInt(8) == 0 ? random.nextLong() : random.nextInt(2));
        }
    }

    private byte[] content(Field field, RandomGenerator random, int depth) throws IOException {
        return switch (field.type()) {
            case "string" -> AvroValues.text(field.name(), random).getBytes(StandardCharsets.UTF_8);
            case "bytes" -> AvroValues.bytes(random.nextInt(20), random);
            case "First" -> write(messages.get(0), random, depth + 1);
            case "Second" -> messages.size() < 2 ? new byte[0] : write(messages.get(1), random, depth + 1);
            case "map<string, double>" -> entry(new Field(2, "v", "double", false), random, depth);
            case "map<string, First>" -> entry(new Field(2, "v", "First", false), random, depth);
            case "google.protobuf.Timestamp", "google.protobuf.Duration" -> {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                CodedOutputStream out = CodedOutputStream.newInstance(bytes);
                out.writeInt64(1, random.nextInt(60) == 0 ? random.nextLong() : 1_793_540_096L);
                out.writeInt32(2, random.nextInt(60) == 0 ? random.nextInt() : random.nextInt(1_000_000_000));
                out.flush();
                yield bytes.toByteArray();
            }
            case "google.protobuf.DoubleValue" -> written(new Field(1, "value", "double", false), random, depth);
            case "google.protobuf.StringValue" -> written(new Field(1, "value", "string", false), random, depth);
            case "google.protobuf.Value" -> value(random, depth);
            case "google.protobuf.Struct" -> struct(random, depth);
            default -> AvroValues.bytes(random.nextInt(6), random);
        };
    }

    private byte[] written(Field field, RandomGenerator random, int depth) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        write(field, out, random, depth);
        out.flush();
        return bytes.toByteArray();
    }

    private byte[] entry(Field value, RandomGenerator random, int depth) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(1, "device-" + random.nextInt(4));
        write(value, out, random, depth + 1);
        out.flush();
        return bytes.toByteArray();
    }

    private byte[] value(RandomGenerator random, int depth) throws IOException {
        return switch (random.nextInt(4)) {
            case 0 -> written(new Field(2, "value", "double", false), random, depth);
            case 1 -> written(new Field(3, "value", "string", false), random, depth);
            case 2 -> new byte[] {0x20, 1};
            default ->
                depth > DEEPEST
                        ? new byte[0]
                        : written(new Field(5, "value", "google.protobuf.Struct", false), random, depth + 1);
        };
    }

    private byte[] struct(RandomGenerator random, int depth) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        for (int i = random.nextInt(3); i > 0; i--) {
            out.writeByteArray(1, entry(new Field(2, "value", "google.protobuf.Value", false), random, depth));
        }
        out.flush();
        return bytes.toByteArray();
    }
}

package io.iotdarelay.fuzz;

import io.iotdarelay.schemas.SchemaText;
import io.iotdarelay.schemas.SchemaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** A random Avro schema, and values of it. */
final class AvroValues {

    private static final int DEEPEST = 4;

    private static final List<String> SIMPLE = List.of(
            "\"null\"",
            "\"boolean\"",
            "\"int\"",
            "{\"type\":\"int\",\"logicalType\":\"date\"}",
            "{\"type\":\"int\",\"logicalType\":\"time-millis\"}",
            "\"long\"",
            "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}",
            "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}",
            "{\"type\":\"long\",\"logicalType\":\"timestamp-nanos\"}",
            "{\"type\":\"long\",\"logicalType\":\"local-timestamp-millis\"}",
            "{\"type\":\"long\",\"logicalType\":\"time-micros\"}",
            "\"float\"",
            "\"double\"",
            "\"string\"",
            "{\"type\":\"string\",\"logicalType\":\"uuid\"}",
            "\"bytes\"",
            "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}",
            "{\"type\":\"bytes\",\"logicalType\":\"big-decimal\"}");

    private final String text;
    private final Schema schema;
    private int named;

    private AvroValues(RandomGenerator random) {
        this.text = record("Root", random, 0);
        this.schema = new Schema.Parser().parse(text);
    }

    static AvroValues random(RandomGenerator random) {
        return new AvroValues(random);
    }

    SchemaText schema() {
        return new SchemaText(SchemaType.AVRO, text, List.of());
    }

    private String record(String name, RandomGenerator random, int depth) {
        List<String> fields = new ArrayList<>();
        for (String field : depth == 0 ? Names.USUAL : Names.OF_ELEMENTS) {
            if (!field.equals("0") && random.nextInt(depth == 0 ? 10 : 2) > 0) {
                fields.add("{\"name\":\"" + field + "\",\"type\":" + usual(field, random, depth) + "}");
            }
        }
        return "{\"type\":\"record\",\"name\":\"" + name + "\",\"fields\":[" + String.join(",", fields) + "]}";
    }

    private String usual(String field, RandomGenerator random, int depth) {
        if (random.nextInt(8) == 0) {
            return type(random, depth + 1);
        }
        return switch (field) {
            case "device_id", "sensor", "gateway", "state", "type", "name", "label", "kwh", "hex" ->
                random.nextInt(4) == 0 ? "[\"null\",\"string\"]" : "\"string\"";
            case "ts" -> Names.any(SIMPLE.subList(5, 9), random);
            case "v", "temp", "value" ->
                Names.any(List.of("\"int\"", "\"long\"", "\"float\"", "\"double\"", SIMPLE.get(16)), random);
            case "meters" -> "{\"type\":\"map\",\"values\":\"double\"}";
            case "readings", "list" ->
                "{\"type\":\"array\",\"items\":" + record("R" + named++, random, depth + 1) + "}";
            default -> type(random, depth + 1);
        };
    }

    private String type(RandomGenerator random, int depth) {
        String name = "N" + named++;
        return switch (random.nextInt(depth > DEEPEST ? 4 : 11)) {
            case 0 -> "{\"type\":\"enum\",\"name\":\"" + name + "\",\"symbols\":[\"ON\",\"OFF\"]}";
            case 1 -> "{\"type\":\"fixed\",\"name\":\"" + name + "\",\"size\":" + random.nextInt(20) + "}";
            case 2 ->
                "{\"type\":\"fixed\",\"name\":\"" + name + "\",\"size\":"
                        + Names.any(
                                List.of(
                                        "12,\"logicalType\":\"duration\"",
                                        "16,\"logicalType\":\"uuid\"",
                                        "8,\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2"),
                                random)
                        + "}";
            case 4 -> "{\"type\":\"array\",\"items\":" + type(random, depth + 1) + "}";
            case 5 -> "{\"type\":\"map\",\"values\":" + type(random, depth + 1) + "}";
            case 6 -> record(name, random, depth + 1);
            case 7 -> "[\"null\",\"Root\"]";
            case 8 -> "{\"type\":\"array\",\"items\":\"Root\"}";
            case 9 -> "[\"null\",\"string\",{\"type\":\"array\",\"items\":\"long\"}]";
            default -> Names.any(SIMPLE, random);
        };
    }

    /** A value, without the schema's name. */
    byte[] write(RandomGenerator random) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            write("", schema, out, random, 0);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(String name, Schema type, BinaryEncoder out, RandomGenerator random, int depth)
            throws IOException {
        switch (type.getType()) {
            case NULL -> out.writeNull();
            case BOOLEAN -> out.writeBoolean(random.nextBoolean());
            case INT -> out.writeInt(random.nextInt(40) == 0 ? random.nextInt() : random.nextInt(1000));
            case LONG -> out.writeLong(number(type, random));
            case FLOAT ->
                out.writeFloat(random.nextInt(6) == 0 ? Float.intBitsToFloat(random.nextInt()) : random.nextFloat());
            case DOUBLE ->
                out.writeDouble(
                        random.nextInt(6) == 0 ? Double.longBitsToDouble(random.nextLong()) : random.nextDouble());
            case STRING -> out.writeString(text(name, random));
            case BYTES -> out.writeBytes(bytes(random.nextInt(30) == 0 ? 0 : 1 + random.nextInt(20), random));
            case FIXED -> out.writeFixed(bytes(type.getFixedSize(), random));
            case ENUM -> out.writeEnum(random.nextInt(type.getEnumSymbols().size()));
            case UNION -> {
                int branch =
                        depth > DEEPEST ? 0 : random.nextInt(type.getTypes().size());
                out.writeIndex(branch);
                write(name, type.getTypes().get(branch), out, random, depth + 1);
            }
            case ARRAY -> {
                for (int i : block(out, random, depth)) {
                    out.startItem();
                    write(name + i, type.getElementType(), out, random, depth + 1);
                }
                out.writeArrayEnd();
            }
            case MAP -> {
                for (int i : block(out, random, depth)) {
                    out.startItem();
                    out.writeString("device-" + i);
                    write(name, type.getValueType(), out, random, depth + 1);
                }
                out.writeMapEnd();
            }
            case RECORD -> {
                for (Schema.Field field : type.getFields()) {
                    write(field.name(), field.schema(), out, random, depth + 1);
                }
            }
        }
    }

    private static int[] block(BinaryEncoder out, RandomGenerator random, int depth) throws IOException {
        int size = depth > DEEPEST ? 0 : random.nextInt(3);
        out.writeArrayStart();
        out.setItemCount(size);
        return IntStream.range(0, size).toArray();
    }

    private static long number(Schema type, RandomGenerator random) {
        if (random.nextInt(40) == 0) {
            return random.nextLong();
        }
        long seconds = 1_793_540_096L - random.nextInt(100_000_000);
        String logical =
                type.getLogicalType() == null ? "" : type.getLogicalType().getName();
        return logical.endsWith("nanos")
                ? seconds * 1_000_000_000
                : logical.endsWith("micros")
                        ? seconds * 1_000_000
                        : logical.endsWith("millis") ? seconds * 1000 : seconds;
    }

    static String text(String name, RandomGenerator random) {
        String text = switch (name) {
            case "device_id", "sensor", "gateway" -> Names.id(random);
            case "state" -> Names.any(List.of("ON", "OFF", "unknown"), random);
            case "type" -> Names.any(List.of("Meter", "good", "a b"), random);
            case "kwh" -> "1.234,5";
            case "label" -> "site4/boiler-2/temp";
            case "hex" -> "00ff17";
            default -> Values.text(random);
        };
        // What no encoder would write is left to the mutations.
        return text.chars()
                .mapToObj(c -> Character.isSurrogate((char) c) ? "?" : Character.toString(c))
                .collect(Collectors.joining());
    }

    static byte[] bytes(int size, RandomGenerator random) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }
}

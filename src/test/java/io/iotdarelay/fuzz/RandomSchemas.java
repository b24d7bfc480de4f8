package io.iotdarelay.fuzz;

import io.iotdarelay.decode.Format;
import io.iotdarelay.registry.MemoryRegistry;
import io.iotdarelay.schemas.SchemaKey;
import io.iotdarelay.schemas.SchemaText;
import io.iotdarelay.schemas.SchemaType;
import io.iotdarelay.telemetry.RecordHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** A registry with random schemas, usable and unusable ones, and the values that name them. */
final class RandomSchemas {

    /** What a value says of its schema, and what there is under this name. */
    enum Kind {
        KNOWN,
        GUID,
        IN_HEADER,
        UNKNOWN,
        NEGATIVE,
        UNUSABLE,
        ENDLESS,
        OF_ANOTHER_FORMAT,
        UNFRAMED
    }

    private static final int USABLE = 3;
    private static final int UNUSABLE_ID = 900;
    private static final int ENDLESS_ID = 901;
    private static final int OTHER_ID = 902;
    private static final int UNKNOWN_ID = 12_345;
    private static final UUID GUID = new UUID(7, 7);

    private static final List<String> NOT_AVRO = List.of(
            "{",
            "\"x.Unknown\"",
            "{\"type\":\"record\"}",
            "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4000,\"scale\":2000}",
            "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":\"x.Unknown\"}]}",
            "{\"type\":\"array\",\"items\":".repeat(20_000) + "1" + "}".repeat(20_000),
            "");

    private static final List<String> NOT_PROTOBUF = List.of(
            "message",
            "syntax=\"proto3\"; message M { Unknown u = 1; }",
            "syntax=\"proto3\"; message M { int32 a = 1; int32 b = 1; }",
            "syntax=\"proto3\"; " + "message M {".repeat(5_000) + "}".repeat(5_000),
            "\u0000");

    private static final String ENDLESS_AVRO =
            "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"R\"},{\"name\":\"b\",\"type\":\"R\"}]}";

    private static final String ENDLESS_PROTOBUF =
            "syntax=\"proto2\"; message M { required M m = 1; repeated M all = 2; map<string, M> map = 3; }";

    private final Format format;
    private final MemoryRegistry registry;
    private final List<AvroValues> avro = new ArrayList<>();
    private final List<ProtobufValues> protobuf = new ArrayList<>();
    private Kind last = Kind.KNOWN;

    RandomSchemas(Format format, RandomGenerator random) {
        this.format = format;
        this.registry = new MemoryRegistry(random.nextInt(25) > 0);
        for (int i = 0; i < USABLE; i++) {
            avro.add(AvroValues.random(random));
            protobuf.add(ProtobufValues.random(random));
            with(
                    i,
                    format == Format.PROTOBUF
                            ? protobuf.get(i).schema()
                            : avro.get(i).schema());
        }
        boolean isAvro = format != Format.PROTOBUF;
        registry.with(
                new SchemaKey.Guid(GUID),
                isAvro ? avro.getFirst().schema() : protobuf.getFirst().schema());
        with(UNUSABLE_ID, text(isAvro, Names.any(isAvro ? NOT_AVRO : NOT_PROTOBUF, random)));
        with(ENDLESS_ID, text(isAvro, isAvro ? ENDLESS_AVRO : ENDLESS_PROTOBUF));
        with(OTHER_ID, isAvro ? protobuf.getFirst().schema() : avro.getFirst().schema());
    }

    private void with(int id, SchemaText schema) {
        registry.with(new SchemaKey.Id(id), schema);
    }

    private static SchemaText text(boolean avro, String text) {
        return new SchemaText(avro ? SchemaType.AVRO : SchemaType.PROTOBUF, text, List.of());
    }

    MemoryRegistry registry() {
        return registry;
    }

    /** What the last value was. */
    Kind last() {
        return last;
    }

    /** A value in the wire format. */
    byte[] value(byte[] json, List<RecordHeader> headers, RandomGenerator random) {
        int number = random.nextInt(USABLE);
        last = switch (random.nextInt(20)) {
            case 0 -> Kind.UNKNOWN;
            case 1 -> Kind.NEGATIVE;
            case 2 -> Kind.UNUSABLE;
            case 3 -> Kind.ENDLESS;
            case 4 -> Kind.OF_ANOTHER_FORMAT;
            case 5 -> Kind.UNFRAMED;
            case 6, 7 -> Kind.GUID;
            case 8, 9 -> Kind.IN_HEADER;
            default -> Kind.KNOWN;
        };
        if (last == Kind.ENDLESS) {
            return joined(id(ENDLESS_ID), indexes(0, random), endless(random));
        }
        byte[] indexes = indexes(number == 0 || last != Kind.KNOWN ? 0 : random.nextInt(2), random);
        int written = last == Kind.KNOWN || last == Kind.IN_HEADER ? number : 0;
        byte[] bytes = written(written, indexes, json, random);
        return switch (last) {
            case KNOWN -> joined(id(number), indexes, bytes);
            case GUID ->
                joined(
                        ByteBuffer.allocate(17)
                                .put((byte) 1)
                                .putLong(GUID.getMostSignificantBits())
                                .putLong(GUID.getLeastSignificantBits())
                                .array(),
                        indexes,
                        bytes);
            case IN_HEADER -> {
                headers.add(new RecordHeader("__value_schema_id", joined(id(number), indexes)));
                yield bytes;
            }
            case UNKNOWN -> joined(id(UNKNOWN_ID + random.nextInt(3)), indexes, bytes);
            case NEGATIVE -> joined(id(-1 - random.nextInt(5)), indexes, bytes);
            case UNUSABLE -> joined(id(UNUSABLE_ID), indexes, bytes);
            case OF_ANOTHER_FORMAT -> joined(id(OTHER_ID), indexes, bytes);
            default -> bytes;
        };
    }

    private byte[] written(int number, byte[] indexes, byte[] json, RandomGenerator random) {
        return switch (format) {
            case AVRO -> avro.get(number).write(random);
            case PROTOBUF -> protobuf.get(number).write(indexes.length > 1 ? 1 : 0, random);
            default -> json;
        };
    }

    /** Deep, wide, or neither. */
    private static byte[] endless(RandomGenerator random) {
        byte[] bytes = new byte[random.nextInt(random.nextInt(4) == 0 ? 20_000 : 40)];
        byte each = (byte) Names.any(List.of(2, 0x0a, 0x12, 0), random).intValue();
        Arrays.fill(bytes, each);
        return bytes;
    }

    private static byte[] id(int number) {
        return ByteBuffer.allocate(5).put((byte) 0).putInt(number).array();
    }

    /** The path to a message; a byte of zero stands for the first. */
    private byte[] indexes(int message, RandomGenerator random) {
        if (format != Format.PROTOBUF) {
            return new byte[0];
        }
        if (random.nextInt(40) == 0) {
            return new byte[] {(byte) random.nextInt(256), (byte) random.nextInt(256)};
        }
        return message == 0 ? new byte[] {0} : new byte[] {2, (byte) (2 * message)};
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}

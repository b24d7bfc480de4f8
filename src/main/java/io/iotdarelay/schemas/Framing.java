package io.iotdarelay.schemas;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a record says which schema its value has, in Confluent's wire format: a zero byte and the schema's ID in 4 bytes, or a byte of
 * 1 and its GUID in 16, in front of the value or in the header {@code __value_schema_id}. For Protobuf the path to the message
 * follows: the index of a message in the file, and of each nested one in that which contains it.
 */
public sealed interface Framing {

    /** The header of Confluent's serializers since 8.0. If it is there, nothing is in front of the value. */
    String HEADER = "__value_schema_id";

    /**
     * The schema is named.
     *
     * @param message which message of a Protobuf file it is; empty for others
     * @param bytes contains the value from {@code start} on
     */
    @SuppressWarnings("ArrayRecordComponent") // the record's own, never compared
    record Framed(SchemaKey schema, List<Integer> message, byte[] bytes, int start) implements Framing {}

    /**
     * There is no schema to be read.
     *
     * @param detail what is wrong
     */
    record Unframed(String detail) implements Framing {}

    /** Reads it from a record that has a value. */
    static Framing of(SourceRecord record, SchemaType type) {
        byte[] value = Objects.requireNonNull(record.value());
        byte @Nullable [] header = header(record);
        ByteBuffer buffer = ByteBuffer.wrap(header == null ? value : header);
        String place = header == null ? "the value" : "the header " + HEADER;
        try {
            SchemaKey key = switch (buffer.get()) {
                case 0 -> new SchemaKey.Id(buffer.getInt());
                case 1 -> new SchemaKey.Guid(new UUID(buffer.getLong(), buffer.getLong()));
                default -> null;
            };
            if (key == null) {
                return new Unframed(
                        place + " does not begin with byte 0x00 and a schema ID, or byte 0x01 and a GUID: no"
                                + " serializer of a schema registry wrote it");
            }
            List<Integer> message = type == SchemaType.PROTOBUF ? Varints.path(buffer) : List.of();
            return message == null
                    ? new Unframed(place + " has no valid list of message indexes behind the schema ID")
                    : new Framed(key, message, value, header == null ? buffer.position() : 0);
        } catch (BufferUnderflowException e) {
            return new Unframed(place + " ends within the schema ID");
        }
    }

    private static byte @Nullable [] header(SourceRecord record) {
        for (RecordHeader header : record.headers().reversed()) {
            if (header.name().equals(HEADER)) {
                return header.value();
            }
        }
        return null;
    }

    /** Kafka's variable-length integers. */
    final class Varints {

        private static final int MAX_NESTING = 100;
        private static final List<Integer> FIRST = List.of(0);

        private Varints() {}

        /** The list of indexes; a single zero stands for the first message of the file. Null if it is invalid. */
        private static @Nullable List<Integer> path(ByteBuffer buffer) {
            int count = next(buffer);
            if (count == 0) {
                return FIRST;
            }
            if (count < 0 || count > MAX_NESTING) {
                return null;
            }
            List<Integer> path = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int index = next(buffer);
                if (index < 0) {
                    return null;
                }
                path.add(index);
            }
            return List.copyOf(path);
        }

        /** Negative if it is too long. */
        private static int next(ByteBuffer buffer) {
            int raw = 0;
            for (int shift = 0; shift < Integer.SIZE; shift += 7) {
                byte each = buffer.get();
                raw |= (each & 0x7f) << shift;
                if (each >= 0) {
                    return (raw >>> 1) ^ -(raw & 1);
                }
            }
            return -1;
        }
    }
}

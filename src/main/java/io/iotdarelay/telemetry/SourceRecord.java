package io.iotdarelay.telemetry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka record as it was read. Key, value and headers are kept byte for byte until the record is settled, because a dead
 * letter must repeat them.
 *
 * @param timestamp the record's timestamp; the time of reading if Kafka has none
 */
@SuppressWarnings("ArrayRecordComponent") // kept as they came, never compared
public record SourceRecord(
        RecordPosition position,
        Instant timestamp,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers) {

    /** What the record counts against {@code relay.source.max-in-flight-size}: the bytes of key, value and headers. */
    public int size() {
        int size = length(key) + length(value);
        for (RecordHeader header : headers) {
            size += header.name().length() + length(header.value());
        }
        return size;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}

package io.iotdarelay.redrive;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A dead letter, as it lies in its topic. What it says of itself may be wrong: anybody who may write to the topic can write one.
 *
 * @param record in the dead-letter topic, whole or without its key and value
 * @param size of the whole record, in bytes
 */
public record Letter(SourceRecord record, int size) {

    private static final String PREFIX = "iotda-relay-";
    private static final String DLT = "kafka_dlt-";
    private static final String DELIVERED_PARTS = PREFIX + "delivered-parts";
    private static final String REDRIVES = PREFIX + "redrives";

    Letter(SourceRecord record) {
        this(record, record.size());
    }

    /** Without key and value, which may be large. */
    Letter brief() {
        return new Letter(new SourceRecord(record.position(), record.timestamp(), null, null, record.headers()), size);
    }

    public RecordPosition position() {
        return record.position();
    }

    /** When it was written. */
    public Instant at() {
        return record.timestamp();
    }

    /** A header of the relay's, as text; the last one counts. */
    public Optional<String> text(String name) {
        return last(PREFIX + name).map(value -> new String(value, StandardCharsets.UTF_8));
    }

    public Optional<String> reason() {
        return text("reason");
    }

    public Optional<String> route() {
        return text("route");
    }

    public Optional<String> device() {
        return text("device-id");
    }

    /** The consumer group of the relay that wrote it, if it says so. */
    public Optional<String> group() {
        return last(DLT + "original-consumer-group").map(value -> new String(value, StandardCharsets.UTF_8));
    }

    /** Where its record stood; empty if it does not say so, or not plausibly. */
    public Optional<RecordPosition> origin() {
        Optional<String> topic = last(DLT + "original-topic").map(value -> new String(value, StandardCharsets.UTF_8));
        OptionalLong partition = number("original-partition", Integer.BYTES);
        OptionalLong offset = number("original-offset", Long.BYTES);
        return topic.isEmpty() || partition.isEmpty() || offset.isEmpty() || partition.getAsLong() < 0
                ? Optional.empty()
                : Optional.of(new RecordPosition(topic.get(), (int) partition.getAsLong(), offset.getAsLong()));
    }

    /** The time stamp that its record had. */
    public Instant originalTime() {
        OptionalLong millis = number("original-timestamp", Long.BYTES);
        return millis.isEmpty() ? at() : Instant.ofEpochMilli(millis.getAsLong());
    }

    /** How often it was sent again already. */
    public int redrives() {
        return text("redrives")
                .filter(number -> number.matches("\\d{1,6}"))
                .map(Integer::parseInt)
                .orElse(0);
    }

    /** Its record as it is sent again: what it was, with what the relay needs to know of former attempts. */
    SourceRecord again() {
        List<RecordHeader> headers = record.headers().stream()
                .filter(header -> !header.name().startsWith(DLT))
                .filter(header -> !header.name().startsWith(PREFIX)
                        || header.name().equals(DELIVERED_PARTS)
                        || header.name().equals(REDRIVES))
                .toList();
        return new SourceRecord(
                origin().orElse(record.position()), originalTime(), record.key(), record.value(), headers);
    }

    private Optional<byte[]> last(String name) {
        byte[] found = null;
        for (RecordHeader header : record.headers()) {
            if (header.name().equals(name)) {
                found = header.value();
            }
        }
        return Optional.ofNullable(found);
    }

    private OptionalLong number(String name, int length) {
        return last(DLT + name)
                .filter(value -> value.length == length)
                .map(value -> length == Integer.BYTES
                        ? OptionalLong.of(ByteBuffer.wrap(value).getInt())
                        : OptionalLong.of(ByteBuffer.wrap(value).getLong()))
                .orElse(OptionalLong.empty());
    }
}

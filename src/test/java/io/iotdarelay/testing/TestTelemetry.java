package io.iotdarelay.testing;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the vocabulary's objects for tests. */
public final class TestTelemetry {

    public static final Instant TIME = Instant.parse("2026-11-01T12:34:56.789Z");

    private TestTelemetry() {}

    /** An assignment that a test can end, and that remembers what was settled. */
    public static final class TestAssignment implements Assignment {
        private final List<Long> settled = new ArrayList<>();
        private volatile boolean current = true;
        private volatile boolean starts = true;

        @Override
        public boolean isCurrent() {
            return current;
        }

        @Override
        public void settle(SourceRecord record) {
            settled.add(record.position().offset());
        }

        @Override
        public boolean mayStart() {
            return current && starts;
        }

        public void end() {
            current = false;
        }

        /** Nothing is sent any more for its records. */
        public void drain() {
            starts = false;
        }

        public List<Long> settled() {
            return List.copyOf(settled);
        }
    }

    public static DeviceId device(String id) {
        return new DeviceId(id);
    }

    public static SourceRecord record(
            long offset, @Nullable String key, @Nullable String value, RecordHeader... headers) {
        return new SourceRecord(
                new RecordPosition("topic", 0, offset), TIME, bytes(key), bytes(value), List.of(headers));
    }

    public static RecordHeader header(String name, @Nullable String value) {
        return new RecordHeader(name, bytes(value));
    }

    public static RecordInFlight inFlight(Assignment assignment, long offset) {
        return new RecordInFlight(assignment, record(offset, "key", "{}"), "route");
    }

    public static Json json(String text) {
        return new Json(text.getBytes(StandardCharsets.UTF_8));
    }

    public static Report properties(String device, String json) {
        return new Report.Properties(device(device), json(json));
    }

    public static Report child(String gateway, String child, String json) {
        return new Report.ChildProperties(device(child), device(gateway), json(json));
    }

    public static Report message(String device, String json) {
        return new Report.Message(device(device), json(json));
    }

    public static String text(Json json) {
        return new String(json.utf8(), StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}

package io.iotdarelay.commands;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads records from files. A file is the value of a record, or of one in each line; a folder with a {@code record.json} holds one
 * record with key, headers and all, its value in {@code value} and any ending.
 */
final class RecordFiles {

    static final String RECORD = "record.json";
    private static final String VALUE = "value";
    private static final String HEX = "hex";

    private RecordFiles() {}

    /** What a record has beside its value. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(String topic, Instant timestamp, byte @Nullable [] key, List<RecordHeader> headers) {

        SourceRecord with(byte @Nullable [] value, long offset) {
            return new SourceRecord(new RecordPosition(topic, 0, offset), timestamp, key, value, headers);
        }
    }

    /** One record, or one for each line that is not blank. */
    static List<SourceRecord> of(byte[] content, boolean lines, Frame frame) {
        if (!lines) {
            return List.of(frame.with(content, 0));
        }
        List<SourceRecord> records = new ArrayList<>();
        for (String line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
            if (!line.isBlank()) {
                records.add(frame.with(line.getBytes(StandardCharsets.UTF_8), records.size()));
            }
        }
        return records;
    }

    /** All records of a file, or of the files and folders in a folder. A file that ends in {@code .jsonl} has one in each line. */
    static List<SourceRecord> of(Path path, boolean lines, Frame frame) throws IOException, UsageException {
        if (!Files.exists(path)) {
            throw new UsageException(path + " does not exist");
        }
        if (!Files.isDirectory(path)) {
            boolean each = lines || path.toString().endsWith(".jsonl");
            return of(Files.readAllBytes(path), each, frame);
        }
        if (Files.exists(path.resolve(RECORD))) {
            return List.of(folder(path, frame));
        }
        List<SourceRecord> records = new ArrayList<>();
        for (Path entry : entries(path)) {
            if (!Files.isDirectory(entry) || Files.exists(entry.resolve(RECORD))) {
                records.addAll(of(entry, lines, frame));
            }
        }
        return records;
    }

    /** The record of a folder with a {@code record.json}. */
    static SourceRecord folder(Path folder, Frame otherwise) throws IOException, UsageException {
        Path file = folder.resolve(RECORD);
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
            return frame(json, otherwise).with(value(folder), 0);
        } catch (JacksonException e) {
            throw new UsageException(file + " is not JSON: " + e.getOriginalMessage());
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new UsageException(file + ": " + e.getMessage());
        }
    }

    static Frame frame(JsonNode json, Frame otherwise) {
        List<RecordHeader> headers = new ArrayList<>();
        for (JsonNode header : json.path("headers")) {
            headers.add(new RecordHeader(header.path("name").asString(""), bytes(header.path(VALUE))));
        }
        JsonNode timestamp = json.path("timestamp");
        return new Frame(
                json.path("topic").asString(otherwise.topic()),
                timestamp.isNumber()
                        ? Instant.ofEpochMilli(timestamp.asLong())
                        : timestamp.isString() ? Instant.parse(timestamp.asString()) : otherwise.timestamp(),
                bytes(json.path("key")),
                headers);
    }

    /** A text, or {@code {"hex": "..."}}. */
    static byte @Nullable [] bytes(JsonNode text) {
        if (text.isMissingNode() || text.isNull()) {
            return null;
        }
        return text.path(HEX).isString()
                ? HexFormat.of().parseHex(text.path(HEX).asString())
                : text.asString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] value(Path folder) throws IOException, UsageException {
        Optional<Path> file = entries(folder).stream()
                .filter(each -> name(each).equals(VALUE) || name(each).startsWith(VALUE + "."))
                .findFirst();
        if (file.isEmpty()) {
            throw new UsageException(folder + " has no file 'value' of any ending");
        }
        byte[] content = Files.readAllBytes(file.get());
        return name(file.get()).equals(VALUE + "." + HEX)
                ? HexFormat.of().parseHex(new String(content, StandardCharsets.US_ASCII).replaceAll("\\s", ""))
                : content;
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** In the order of their names. */
    static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !name(entry).startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}

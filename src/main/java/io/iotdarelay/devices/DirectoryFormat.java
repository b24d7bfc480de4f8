package io.iotdarelay.devices;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.csv.CsvMapper;

/** Reads a directory file, line by line. An invalid line is reported, and the rest is read. */
enum DirectoryFormat {
    CSV {
        @Override
        DirectoryListing read(Lines lines, long room) throws IOException {
            DirectoryListing listing = new DirectoryListing(room);
            String first = lines.next();
            List<String> header = first == null ? List.of() : fields(withoutByteOrderMark(first));
            int deviceId = header.indexOf(DEVICE_ID);
            int secret = header.indexOf(SECRET);
            int gatewayId = header.indexOf(GATEWAY_ID);
            int productId = header.indexOf(PRODUCT_ID);
            int nodeId = header.indexOf(NODE_ID);
            int group = header.indexOf(GROUP);
            if (deviceId < 0 || secret < 0) {
                throw new IOException("line 1: the header device_id,secret,gateway_id is missing");
            }
            forEachLine(
                    lines,
                    (place, line) -> {
                        List<String> fields = fields(line);
                        listing.add(
                                place,
                                at(fields, deviceId),
                                at(fields, secret),
                                at(fields, gatewayId),
                                at(fields, productId),
                                at(fields, nodeId),
                                at(fields, group));
                    },
                    listing);
            return listing;
        }

        private static List<String> fields(String line) {
            List<String> fields = new ArrayList<>();
            for (String field : CSV_LINE.<String[]>readValue(line)) {
                fields.add(field.strip());
            }
            return fields;
        }

        private static @Nullable String at(List<String> fields, int index) {
            return index >= 0 && index < fields.size() ? fields.get(index) : null;
        }
    },
    JSON_LINES {
        @Override
        DirectoryListing read(Lines lines, long room) throws IOException {
            DirectoryListing listing = new DirectoryListing(room);
            forEachLine(
                    lines,
                    (place, line) -> {
                        JsonNode entry = JSON_LINE.readTree(line);
                        listing.add(
                                place,
                                entry.path(DEVICE_ID).asString(null),
                                entry.path(SECRET).asString(null),
                                entry.path(GATEWAY_ID).asString(null),
                                entry.path(PRODUCT_ID).asString(null),
                                entry.path(NODE_ID).asString(null),
                                entry.path(GROUP).asString(null));
                    },
                    listing);
            return listing;
        }
    };

    static final String DEVICE_ID = "device_id";
    static final String SECRET = "secret";
    static final String GATEWAY_ID = "gateway_id";
    static final String PRODUCT_ID = "product_id";
    static final String NODE_ID = "node_id";
    static final String GROUP = "group";

    private static final ObjectReader CSV_LINE = CsvMapper.shared().readerFor(String[].class);
    private static final ObjectReader JSON_LINE = JsonMapper.shared().reader();

    private interface LineReader {
        void read(String place, String line);
    }

    abstract DirectoryListing read(Lines lines, long room) throws IOException;

    /**
     * Reads a file.
     *
     * @param room how much of the heap its devices may take, in bytes; reading ends where they take more
     */
    static DirectoryListing read(Path file, long room) throws IOException {
        DirectoryFormat format = file.toString().toLowerCase(Locale.ROOT).endsWith(".csv") ? CSV : JSON_LINES;
        // Invalid UTF-8 becomes characters that no device ID has: only that line is invalid, not the whole file.
        try (Reader reader = new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8)) {
            return format.read(new Lines(reader), room);
        } catch (JacksonException e) {
            throw new IOException("line 1: the header cannot be read", e);
        }
    }

    private static void forEachLine(Lines lines, LineReader reader, DirectoryListing listing) throws IOException {
        for (String line = lines.next(); line != null && !listing.isFull(); line = lines.next()) {
            if (lines.isTooLong()) {
                listing.broken(lines.place(), "is longer than " + Lines.MAX_LENGTH + " characters");
            } else if (!line.isBlank()) {
                try {
                    reader.read(lines.place(), line);
                } catch (JacksonException e) {
                    listing.broken(lines.place(), "cannot be read");
                }
            }
        }
    }

    private static String withoutByteOrderMark(String line) {
        return line.startsWith("\uFEFF") ? line.substring(1) : line;
    }
}

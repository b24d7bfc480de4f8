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
        void read(Lines lines, Rows rows) throws IOException {
            String first = lines.next();
            List<String> header = header(first);
            forEachLine(
                    lines,
                    (place, line) -> {
                        List<String> fields = fields(line);
                        rows.row(place, column -> at(fields, header.indexOf(column)));
                    },
                    rows);
        }

        private static @Nullable String at(List<String> fields, int index) {
            return index >= 0 && index < fields.size() ? fields.get(index) : null;
        }
    },
    JSON_LINES {
        @Override
        void read(Lines lines, Rows rows) throws IOException {
            forEachLine(
                    lines,
                    (place, line) -> {
                        JsonNode entry = JSON_LINE.readTree(line);
                        rows.row(place, column -> entry.path(column).asString(null));
                    },
                    rows);
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

    /** What is done with the lines of a file. */
    interface Rows {

        /**
         * One device.
         *
         * @param column what its line has under this name, if anything
         */
        void row(String place, Column column);

        void broken(String place, String why);

        /** Whether nothing more is wanted. */
        boolean isFull();
    }

    /** The columns of a line. */
    @FunctionalInterface
    interface Column {
        @Nullable
        String of(String name);
    }

    abstract void read(Lines lines, Rows rows) throws IOException;

    /**
     * Reads a file.
     *
     * @param room how much of the heap its devices may take, in bytes; reading ends where they take more
     */
    static DirectoryListing read(Path file, long room) throws IOException {
        DirectoryListing listing = new DirectoryListing(room);
        read(file, listing);
        return listing;
    }

    static void read(Path file, Rows rows) throws IOException {
        // Invalid UTF-8 becomes characters that no device ID has: only that line is invalid, not the whole file.
        try (Reader reader = new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8)) {
            of(file).read(new Lines(reader), rows);
        } catch (JacksonException e) {
            throw new IOException("line 1: the header cannot be read", e);
        }
    }

    static DirectoryFormat of(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv") ? CSV : JSON_LINES;
    }

    /** The names of the columns, in the first line of a file in CSV. */
    static List<String> header(@Nullable String first) throws IOException {
        List<String> header = first == null ? List.of() : fields(withoutByteOrderMark(first));
        if (!header.contains(DEVICE_ID) || !header.contains(SECRET)) {
            throw new IOException("line 1: the header device_id,secret,gateway_id is missing");
        }
        return header;
    }

    /** The fields of a line in CSV. */
    static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        for (String field : CSV_LINE.<String[]>readValue(line)) {
            fields.add(field.strip());
        }
        return fields;
    }

    private static void forEachLine(Lines lines, LineReader reader, Rows listing) throws IOException {
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

package io.iotdarelay.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a route's values are written. Routes with equal encodings share a decoder, and may share what it returns.
 *
 * @param maxSize what a value may expand to, in bytes
 * @param csv the form of CSV lines; where a value can be CSV only
 */
public record Encoding(
        Format format,
        Compression compression,
        int maxSize,
        @Nullable Csv csv) {

    /** What a value may expand to, unless a route says otherwise. */
    public static final int DEFAULT_MAX_SIZE = 4 * 1024 * 1024;

    /**
     * The form of CSV lines.
     *
     * @param quote none: quotes mean nothing
     */
    public record Csv(
            List<String> columns, char separator, @Nullable Character quote) {

        public Csv {
            columns = List.copyOf(columns);
        }
    }

    /** Not compressed, and without options. */
    public static Encoding of(Format format) {
        return new Encoding(format, Compression.NONE, DEFAULT_MAX_SIZE, null);
    }
}

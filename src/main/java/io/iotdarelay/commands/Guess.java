package io.iotdarelay.commands;

import io.iotdarelay.decode.Compression;
import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.Format;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Guesses the format of a value that is not JSON, by its first bytes. */
final class Guess {

    private static final Pattern INFLUX = Pattern.compile("(?s)[^ ,=\\n]+(,[^ =]+=[^ ]+)* [^ =]+=[^\\n]*.*");
    private static final int BYTE = 0xff;
    private static final int SAMPLE = 50;

    /** Those that a value proves to be, from the strictest to the one that takes nearly everything. */
    private static final List<Format> CANDIDATES =
            List.of(Format.JSON, Format.JSON_LINES, Format.SMILE, Format.INFLUX, Format.CBOR, Format.MESSAGEPACK);

    private Guess() {}

    /** What all values can be read as; JSON where nothing fits better. */
    static Encoding encoding(List<SourceRecord> records, RecordDecoders decoders) {
        List<SourceRecord> sample = records.stream()
                .filter(record -> record.value() != null && record.value().length > 0)
                .limit(SAMPLE)
                .toList();
        Compression compression = sample.isEmpty()
                ? Compression.NONE
                : compression(sample.getFirst().value());
        for (Format format : CANDIDATES) {
            Encoding candidate = new Encoding(format, compression, Encoding.DEFAULT_MAX_SIZE, null);
            if (!sample.isEmpty()
                    && sample.stream()
                            .map(decoders.of(candidate)::decode)
                            .allMatch(decoding -> decoding instanceof Decoding.Decoded decoded
                                    && (decoded.tree().isContainer() || format == Format.JSON))) {
                return candidate;
            }
        }
        return new Encoding(Format.JSON, compression, Encoding.DEFAULT_MAX_SIZE, null);
    }

    private static Compression compression(byte @Nullable [] value) {
        if (value == null || value.length < 2) {
            return Compression.NONE;
        }
        return switch ((value[0] & BYTE) << Byte.SIZE | (value[1] & BYTE)) {
            case 0x1f8b -> Compression.GZIP;
            case 0x28b5 -> Compression.ZSTD;
            case 0x0422 -> Compression.LZ4;
            case 0x7801, 0x789c, 0x78da -> Compression.ZLIB;
            default -> Compression.NONE;
        };
    }

    /** What a value that cannot be read looks like. */
    static String format(byte[] value) {
        int first = value[0] & BYTE;
        int second = value.length > 1 ? value[1] & BYTE : 0;
        if (first == 0) {
            return "a schema registry's wire format";
        }
        if (first == 0x1f && second == 0x8b) {
            return "gzip";
        }
        if (first == 0x28 && second == 0xb5) {
            return "zstd";
        }
        String text = new String(value, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            return "binary";
        }
        if (first == '{' || first == '[') {
            return text.strip().contains("\n{") ? "JSON Lines" : "invalid JSON";
        }
        if (first == '<') {
            return "XML";
        }
        if (INFLUX.matcher(text).matches()) {
            return "Influx line protocol, perhaps";
        }
        return text.contains(",") || text.contains(";") ? "CSV, perhaps" : "text";
    }
}

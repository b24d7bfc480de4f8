package io.iotdarelay.commands;

import io.iotdarelay.decode.Compression;
import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.Format;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Guesses the format of a value that is not JSON, by its first bytes. */
final class Guess {

    private static final Pattern INFLUX = Pattern.compile("(?s)[^ ,=\\n]+(,[^ =]+=[^ ]+)* [^ =]+=[^\\n]*.*");
    private static final int BYTE = 0xff;
    private static final int SAMPLE = 50;

    /** Those that a value proves to be, from the strictest to the one that takes nearly everything. */
    private static final List<Format> CANDIDATES = List.of(
            Format.SENML,
            Format.CONNECT_JSON,
            Format.JSON,
            Format.JSON_LINES,
            Format.SMILE,
            Format.INFLUX,
            Format.SENML_CBOR,
            Format.CBOR,
            Format.MESSAGEPACK);

    private static final List<Format> FRAMED = List.of(Format.JSON_SCHEMA, Format.AVRO, Format.PROTOBUF);
    private static final String SCHEMA_HEADER = "__value_schema_id";
    private static final int FRAME = 5;

    /** What the entries of SenML may have, base fields resolved. */
    private static final Set<String> SENML = Set.of("n", "u", "v", "vs", "vb", "vd", "s", "t", "ut");

    private Guess() {}

    /** What most values can be read as; JSON where nothing fits better. */
    static Encoding encoding(List<SourceRecord> records, RecordDecoders decoders) {
        List<SourceRecord> sample = records.stream()
                .filter(record -> record.value() != null && record.value().length > 0)
                .limit(SAMPLE)
                .toList();
        Compression compression = sample.isEmpty() ? Compression.NONE : compression(sample);
        if (sample.stream().filter(Guess::isFramed).count() * 2 > sample.size()) {
            return framed(sample, decoders);
        }
        for (Format format : CANDIDATES) {
            Encoding candidate = encoding(format, compression);
            if (isReadable(sample, decoders.of(candidate), format)) {
                return candidate;
            }
        }
        return encoding(Format.JSON, compression);
    }

    private static Encoding encoding(Format format, Compression compression) {
        return new Encoding(format, compression, Encoding.DEFAULT_MAX_SIZE, null);
    }

    /** A few records may be broken. */
    private static boolean isReadable(List<SourceRecord> sample, RecordDecoder decoder, Format format) {
        List<JsonNode> trees = new ArrayList<>();
        sample.forEach(record -> {
            if (decoder.decode(record) instanceof Decoding.Decoded decoded) {
                trees.add(decoded.tree());
            }
        });
        return !trees.isEmpty()
                && trees.size() * 5 >= sample.size() * 4
                && trees.stream().allMatch(tree -> isMeant(tree, format));
    }

    private static boolean isMeant(JsonNode tree, Format format) {
        return switch (format) {
            case SENML, SENML_CBOR ->
                tree.isArray()
                        && !tree.isEmpty()
                        && tree.valueStream().allMatch(entry -> SENML.containsAll(entry.propertyNames()));
            case CONNECT_JSON, JSON -> true;
            default -> tree.isContainer();
        };
    }

    /** A registry's serializer writes a zero byte and an ID, or says so in a header. */
    private static boolean isFramed(SourceRecord record) {
        byte[] value = record.value();
        return (value != null && value.length > FRAME && value[0] == 0)
                || record.headers().stream().anyMatch(header -> header.name().equals(SCHEMA_HEADER));
    }

    /** Where the registry does not say which format it is, none can be read. */
    private static Encoding framed(List<SourceRecord> sample, RecordDecoders decoders) {
        return FRAMED.stream()
                .map(format -> encoding(format, Compression.NONE))
                .filter(candidate -> isReadable(sample, decoders.of(candidate), candidate.format()))
                .findFirst()
                .orElse(encoding(Format.AVRO, Compression.NONE));
    }

    private static Compression compression(List<SourceRecord> sample) {
        return compression(sample.getFirst().value());
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

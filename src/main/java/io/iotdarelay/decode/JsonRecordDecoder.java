package io.iotdarelay.decode;

import io.iotdarelay.telemetry.SourceRecord;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;

/**
 * JSON as defined by RFC 8259, one value per record. Fractions become decimals with all their digits, never binary floating
 * point. A key that occurs twice in one object, or anything after the value, makes it undecodable: guessing which one was
 * meant would deliver a wrong reading.
 */
public final class JsonRecordDecoder implements RecordDecoder {

    /** The zero byte and the schema ID. */
    private static final int WIRE_FORMAT_HEADER = 1 + Integer.BYTES;

    private static final byte[] NOTHING = {};

    private static final Pattern ADVICE = Pattern.compile(
            "(?s)(?:: enable `| \\(not recognized as |: maybe a \\(non-standard\\)|, from `| for `ObjectNode`).*");

    private final ObjectReader reader = StrictJson.reader();

    @Override
    public Decoding decode(SourceRecord record) {
        byte @Nullable [] value = record.value();
        return decode(value == null ? NOTHING : value);
    }

    /** Decodes a value. */
    public Decoding decode(byte[] value) {
        if (value.length > 0 && value[0] == 0) {
            return new Decoding.Undecodable(wireFormat(value));
        }
        try {
            JsonNode tree = reader.readTree(value);
            return tree.isMissingNode() ? new Decoding.Undecodable("the value is empty") : new Decoding.Decoded(tree);
        } catch (JacksonException e) {
            return new Decoding.Undecodable(plain(e.getOriginalMessage()) + where(e.getLocation()));
        } catch (NumberFormatException e) { // an exponent beyond what a decimal can hold: Jackson lets it through
            return new Decoding.Undecodable("a number is out of range");
        }
    }

    /** JSON cannot begin with a zero byte; the output of a schema registry's serializers always does. */
    private static String wireFormat(byte[] value) {
        String schema = value.length < WIRE_FORMAT_HEADER
                ? ""
                : ", here schema " + ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
        return "the value begins with byte 0x00: it looks like a schema registry's wire format (Avro, Protobuf or JSON Schema"
                + " behind a schema ID" + schema + "), not like JSON";
    }

    /** What is wrong, without the library's advice to enable a feature. */
    private static String plain(String message) {
        return message.startsWith("Trailing token")
                ? "there is more after the value: expected one JSON value per record"
                : ADVICE.matcher(message).replaceFirst("");
    }

    /** An exceeded bound has no location. */
    private static String where(@Nullable TokenStreamLocation location) {
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }
}

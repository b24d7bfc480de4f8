package io.iotdarelay.decode;

import java.nio.ByteBuffer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * JSON as defined by RFC 8259, one value per record, and the tokens {@code NaN}, {@code Infinity} and {@code -Infinity}. Fractions become decimals with all their digits, never binary floating
 * point. A key that occurs twice in one object, or anything after the value, makes it undecodable: guessing which one was
 * meant would deliver a wrong reading.
 */
final class JsonValue implements ValueReader {

    /** The zero byte and the schema ID. */
    private static final int WIRE_FORMAT_HEADER = 1 + Integer.BYTES;

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        checkFirstByte(value);
        JsonSize.check(value, headers);
        try {
            JsonNode tree = StrictJson.tree(value);
            if (tree.isMissingNode()) {
                throw FormatException.empty();
            }
            return tree;
        } catch (JacksonException e) {
            throw FormatException.of(e);
        } catch (NumberFormatException e) {
            throw FormatException.outOfRange();
        }
    }

    /** JSON cannot begin with a zero byte; the output of a schema registry's serializers always does. */
    static void checkFirstByte(byte[] value) throws FormatException {
        if (value.length > 0 && value[0] == 0) {
            String schema = value.length < WIRE_FORMAT_HEADER
                    ? ""
                    : ", here schema "
                            + ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
            throw new FormatException(
                    "the value begins with byte 0x00: it looks like a schema registry's wire format (Avro, Protobuf or JSON Schema"
                            + " behind a schema ID" + schema + "), not like JSON");
        }
    }
}

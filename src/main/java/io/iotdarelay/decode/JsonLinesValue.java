package io.iotdarelay.decode;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** JSON values in lines, directly behind each other, or as JSON text sequences (RFC 7464): an array of them, even of one. */
final class JsonLinesValue implements ValueReader {

    private static final byte RECORD_SEPARATOR = 0x1e;
    private static final ObjectReader LINES = ofLines(StrictJson.reader());

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        JsonValue.checkFirstByte(value);
        JsonSize.check(value, headers);
        try {
            ArrayNode values = values(withoutSeparators(value));
            if (values.isEmpty()) {
                throw FormatException.empty();
            }
            return values;
        } catch (JacksonException e) {
            throw FormatException.of(e);
        } catch (NumberFormatException e) {
            throw FormatException.outOfRange();
        }
    }

    private static ArrayNode values(byte[] lines) {
        try {
            return values(LINES, lines);
        } catch (JacksonException e) {
            return values(ofLines(StrictJson.withNan(e)), lines);
        }
    }

    /** There is more than one value. */
    private static ObjectReader ofLines(ObjectReader reader) {
        return reader.without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    private static ArrayNode values(ObjectReader reader, byte[] lines) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        try (JsonParser parser = reader.createParser(lines)) {
            while (parser.nextToken() != null) {
                JsonNode each = parser.readValueAsTree();
                values.add(each);
            }
        }
        return values;
    }

    /** It never stands within JSON. */
    private static byte[] withoutSeparators(byte[] value) {
        if (value.length == 0 || value[0] != RECORD_SEPARATOR) {
            return value;
        }
        byte[] plain = value.clone();
        for (int i = 0; i < plain.length; i++) {
            if (plain[i] == RECORD_SEPARATOR) {
                plain[i] = '\n';
            }
        }
        return plain;
    }
}

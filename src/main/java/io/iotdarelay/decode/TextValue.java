package io.iotdarelay.decode;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The whole value is one text. */
final class TextValue implements ValueReader {

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        return JsonNodeFactory.instance.stringNode(Utf8.text(value));
    }
}

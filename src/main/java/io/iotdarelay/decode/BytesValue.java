package io.iotdarelay.decode;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The whole value is bytes; in JSON, base64. */
final class BytesValue implements ValueReader {

    @Override
    public JsonNode read(byte[] value, Headers headers) {
        return JsonNodeFactory.instance.binaryNode(value);
    }
}

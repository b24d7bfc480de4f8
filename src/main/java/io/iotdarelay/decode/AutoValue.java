package io.iotdarelay.decode;

import tools.jackson.databind.JsonNode;

/** Reads a value as the record's headers say: a CloudEvent, or by its content type; JSON without one. */
record AutoValue(CloudEventValue events, ContentTypeValue content) implements ValueReader {

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        return (CloudEventValue.isEvent(headers) ? events : content).read(value, headers);
    }
}

package io.iotdarelay.decode;

import io.iotdarelay.telemetry.RecordHeader;
import java.util.Base64;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * CloudEvents 1.0: structured in JSON, a batch of these, or binary, with attributes in headers {@code ce_NAME}. Either way the
 * value is an object of the attributes and {@code data}, which is read as {@code datacontenttype} says.
 */
final class CloudEventValue implements ValueReader {

    private static final String MEDIA_TYPE = "application/cloudevents";
    private static final String PREFIX = "ce_";
    private static final String VERSION = "specversion";
    private static final String CONTENT_TYPE = "datacontenttype";
    private static final String DATA = "data";
    private static final String BASE64 = "data_base64";

    private final JsonValue json = new JsonValue();
    private final ValueReader content;

    /**
     * Reads events.
     *
     * @param content reads data by its content type
     */
    CloudEventValue(ValueReader content) {
        this.content = content;
    }

    /** Whether the headers say that a record is an event, in either mode. */
    static boolean isEvent(Headers headers) {
        return isBinary(headers) || headers.mediaType().orElse("").startsWith(MEDIA_TYPE);
    }

    private static boolean isBinary(Headers headers) {
        return headers.all().stream()
                .anyMatch(header -> header.name().toLowerCase(Locale.ROOT).equals(PREFIX + VERSION));
    }

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        String type = headers.mediaType().orElse("");
        if (type.startsWith(MEDIA_TYPE)) {
            return switch (type) {
                case MEDIA_TYPE, "application/cloudevents+json", "application/cloudevents-batch+json" ->
                    structured(json.read(value, headers), headers);
                default -> throw new FormatException("CloudEvents are read in JSON only, not as the content-type says");
            };
        }
        return isBinary(headers) ? binary(value, headers) : structured(json.read(value, headers), headers);
    }

    private ObjectNode binary(byte[] value, Headers headers) throws FormatException {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        for (RecordHeader header : headers.all()) {
            String name = header.name().toLowerCase(Locale.ROOT);
            byte[] attribute = header.value();
            if (name.startsWith(PREFIX) && attribute != null) {
                event.put(name.substring(PREFIX.length()), Utf8.text(attribute));
            }
        }
        check(event);
        headers.contentType().ifPresent(type -> event.put(CONTENT_TYPE, type));
        event.set(DATA, content.read(value, headers));
        return event;
    }

    private JsonNode structured(JsonNode tree, Headers headers) throws FormatException {
        if (tree instanceof ArrayNode batch) {
            for (JsonNode event : batch) {
                event(event, headers);
            }
        } else {
            event(tree, headers);
        }
        return tree;
    }

    private void event(JsonNode tree, Headers headers) throws FormatException {
        if (!(tree instanceof ObjectNode event)) {
            throw new FormatException("a CloudEvent is an object");
        }
        check(event);
        JsonNode encoded = event.remove(BASE64);
        if (encoded != null) {
            if (event.has(DATA)) {
                throw new FormatException("a CloudEvent has data or data_base64, not both");
            }
            Headers type = headers.withContentType(event.path(CONTENT_TYPE).asString("application/octet-stream"));
            event.set(DATA, content.read(bytes(encoded), type));
        }
    }

    private static byte[] bytes(JsonNode encoded) throws FormatException {
        try {
            return Base64.getDecoder().decode(encoded.asString("?"));
        } catch (IllegalArgumentException e) {
            throw new FormatException("data_base64 is not base64");
        }
    }

    private static void check(ObjectNode event) throws FormatException {
        String version = event.path(VERSION).asString("");
        if (!version.startsWith("1.") && !version.equals("0.3")) {
            throw new FormatException(
                    "not a CloudEvent of version 1.0: neither the value nor the header ce_specversion has this specversion");
        }
    }
}

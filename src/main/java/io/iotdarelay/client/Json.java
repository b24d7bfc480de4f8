package io.iotdarelay.client;

import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/*
 * Reads and writes trees token by token. Jackson's mapper does the same, but prepares itself for all types that there are, which takes
 * longer than everything else that a verb does.
 */
/** Reads and writes JSON. */
final class Json {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Json() {}

    static ObjectNode object() {
        return NODES.objectNode();
    }

    /** A tree; null if the text is no JSON. */
    static @Nullable JsonNode read(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                return null;
            }
            JsonNode tree = value(parser);
            return parser.nextToken() == null ? tree : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    /** What the parser stands at. Its bound of depth, 500, is that of this recursion. */
    private static JsonNode value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.set(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = NODES.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                yield array;
            }
            case VALUE_STRING -> NODES.stringNode(parser.getString());
            case VALUE_NUMBER_INT ->
                switch (parser.getNumberType()) {
                    case INT, LONG -> NODES.numberNode(parser.getLongValue());
                    default -> NODES.numberNode(parser.getBigIntegerValue());
                };
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            default -> NODES.nullNode();
        };
    }

    static String write(JsonNode tree) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(tree, generator);
        }
        return text.toString();
    }

    private static void write(JsonNode tree, JsonGenerator generator) {
        if (tree.isObject()) {
            generator.writeStartObject();
            tree.properties().forEach(each -> {
                generator.writeName(each.getKey());
                write(each.getValue(), generator);
            });
            generator.writeEndObject();
        } else if (tree.isArray()) {
            generator.writeStartArray();
            tree.forEach(each -> write(each, generator));
            generator.writeEndArray();
        } else if (tree.isString()) {
            generator.writeString(tree.asString());
        } else if (tree.isBoolean()) {
            generator.writeBoolean(tree.asBoolean());
        } else if (tree.isIntegralNumber()) {
            generator.writeNumber(tree.bigIntegerValue());
        } else if (tree.isNumber()) {
            generator.writeNumber(tree.doubleValue());
        } else {
            generator.writeNull();
        }
    }
}

package io.iotdarelay.decode;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a tree of the tokens of a binary format, under the same rules as for JSON: no key twice, nothing behind the value,
 * fractions as decimals. Bytes stay bytes, and are base64 in JSON.
 */
final class TokenTree {

    private static final int MAX_NAME_LENGTH = 10_000;

    static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(TreeBudget.MAX_DEPTH)
            .maxNameLength(MAX_NAME_LENGTH)
            .build();

    private final JsonParser parser;
    private final TreeBudget budget;

    private TokenTree(JsonParser parser, TreeBudget budget) {
        this.parser = parser;
        this.budget = budget;
    }

    static JsonNode read(JsonParser parser, int maxSize) throws FormatException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new FormatException("the value is empty");
        }
        JsonNode tree = new TokenTree(parser, new TreeBudget(maxSize)).node(first);
        if (parser.nextToken() != null) {
            throw new FormatException("there is more after the value: expected one value per record");
        }
        return tree;
    }

    private JsonNode node(JsonToken token) throws FormatException {
        budget.node();
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> JsonNodeFactory.instance.stringNode(text(parser.getString()));
            case VALUE_NUMBER_INT -> whole();
            case VALUE_NUMBER_FLOAT -> fraction();
            case VALUE_TRUE -> JsonNodeFactory.instance.booleanNode(true);
            case VALUE_FALSE -> JsonNodeFactory.instance.booleanNode(false);
            case VALUE_NULL -> JsonNodeFactory.instance.nullNode();
            default -> bytes();
        };
    }

    private ObjectNode object() throws FormatException {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (JsonToken token = next(); token != JsonToken.END_OBJECT; token = next()) {
            String name = text(parser.currentName());
            if (object.has(name)) {
                throw new FormatException("a key occurs twice in one map");
            }
            object.set(name, node(next()));
        }
        return object;
    }

    private ArrayNode array() throws FormatException {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            array.add(node(token));
        }
        return array;
    }

    /** Smile has a mark that ends a document, wherever it stands. */
    private JsonToken next() throws FormatException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw new FormatException("the value ends within an array or a map");
        }
        return token;
    }

    private JsonNode whole() throws FormatException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> Numbers.of(parser.getLongValue());
            default -> Numbers.of(parser.getBigIntegerValue());
        };
    }

    private JsonNode fraction() throws FormatException {
        return switch (parser.getNumberType()) {
            case FLOAT -> Numbers.of(parser.getFloatValue());
            case DOUBLE -> Numbers.of(parser.getDoubleValue());
            default -> Numbers.of(Numbers.bounded(parser.getDecimalValue()));
        };
    }

    private JsonNode bytes() throws FormatException {
        if (parser.getEmbeddedObject() instanceof byte[] bytes) {
            budget.text(bytes.length);
            return JsonNodeFactory.instance.binaryNode(bytes);
        }
        throw new FormatException("a simple value without a meaning");
    }

    private String text(String text) throws FormatException {
        budget.text(text.length());
        return text;
    }
}

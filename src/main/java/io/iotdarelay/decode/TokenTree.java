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

    static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(Bounds.MAX_DEPTH)
            .maxNameLength(Bounds.MAX_NAME_LENGTH)
            .build();

    /** Looks at names and texts, where the parser does not do so enough itself. */
    interface Texts {

        Texts ANY = (parser, text) -> {};

        /**
         * Checks one.
         *
         * @param parser has just read it
         */
        void check(JsonParser parser, String text) throws FormatException;
    }

    private final JsonParser parser;
    private final TreeBudget budget;
    private final Texts texts;

    private TokenTree(JsonParser parser, TreeBudget budget, Texts texts) {
        this.parser = parser;
        this.budget = budget;
        this.texts = texts;
    }

    static JsonNode read(JsonParser parser, int maxSize, Texts texts) throws FormatException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw FormatException.empty();
        }
        JsonNode tree = new TokenTree(parser, new TreeBudget(maxSize), texts).node(first);
        if (parser.nextToken() != null) {
            throw FormatException.moreAfterTheValue();
        }
        return tree;
    }

    private JsonNode node(JsonToken token) throws FormatException {
        budget.node();
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> text(parser.getString());
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
            String name = parser.currentName();
            budget.name(name);
            texts.check(parser, name);
            if (object.has(name)) {
                throw FormatException.duplicateKey();
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
            case INT, LONG -> NumberNodes.of(parser.getLongValue());
            default -> NumberNodes.of(parser.getBigIntegerValue());
        };
    }

    private JsonNode fraction() throws FormatException {
        return switch (parser.getNumberType()) {
            case FLOAT -> NumberNodes.of(parser.getFloatValue());
            case DOUBLE -> NumberNodes.of(parser.getDoubleValue());
            default -> NumberNodes.of(NumberNodes.bounded(parser.getDecimalValue()));
        };
    }

    private JsonNode bytes() throws FormatException {
        if (parser.getEmbeddedObject() instanceof byte[] bytes) {
            budget.text(bytes.length);
            return JsonNodeFactory.instance.binaryNode(bytes);
        }
        throw new FormatException("a simple value that stands for nothing in JSON");
    }

    private JsonNode text(String text) throws FormatException {
        budget.text(text.length());
        texts.check(parser, text);
        return JsonNodeFactory.instance.stringNode(text);
    }
}

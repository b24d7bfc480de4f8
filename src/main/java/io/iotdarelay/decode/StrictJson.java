package io.iotdarelay.decode;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * How JSON in records is read, in values, keys and texts: by RFC 8259, within bounds, fractions as decimals with all their
 * digits, and no duplicate keys.
 */
public final class StrictJson {

    private static final int MAX_NUMBER_LENGTH = 1000;

    private static final ObjectReader READER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Bounds.MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxNameLength(Bounds.MAX_NAME_LENGTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .disable(JsonNodeFeature.FAIL_ON_NAN_TO_BIG_DECIMAL_COERCION)
            .build()
            .reader();

    private static final ObjectReader WITH_NAN = READER.with(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS);

    private StrictJson() {}

    /**
     * Reads a tree. The tokens {@code NaN}, {@code Infinity} and {@code -Infinity}, which are no JSON, but which some serializers
     * write, become numbers that are not {@linkplain NumberNodes#isFinite finite}. Otherwise as {@link #reader}.
     */
    public static JsonNode tree(byte[] json) {
        try {
            return READER.readTree(json);
        } catch (JacksonException e) {
            return withNan(e).readTree(json);
        }
    }

    /** The same for a text. */
    public static JsonNode tree(String json) {
        try {
            return READER.readTree(json);
        } catch (JacksonException e) {
            return withNan(e).readTree(json);
        }
    }

    /** The reader for a second attempt, if only such a token is wrong. The first is made without it: nearly no value has one. */
    static ObjectReader withNan(JacksonException e) {
        if (e.getOriginalMessage().startsWith("Non-standard token")) {
            return WITH_NAN;
        }
        throw e;
    }

    /** Reads trees. Any thread may use it. Numbers with an exponent beyond a decimal's throw {@link NumberFormatException}. */
    public static ObjectReader reader() {
        return READER;
    }
}

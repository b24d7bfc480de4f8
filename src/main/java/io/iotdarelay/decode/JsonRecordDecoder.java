package io.iotdarelay.decode;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as in RFC 8259, one value per record. Fractions become decimals with all their digits, never binary floating point. A
 * duplicate key in an object, and anything after the value, make it undecodable: guessing which one was meant would deliver
 * a wrong reading.
 */
public final class JsonRecordDecoder implements RecordDecoder {

    private static final int MAX_DEPTH = 200;
    private static final int MAX_NUMBER_LENGTH = 1000;
    private static final int MAX_NAME_LENGTH = 10_000;

    private final ObjectReader reader = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxNameLength(MAX_NAME_LENGTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build()
            .reader();

    @Override
    public Decoding decode(byte[] value) {
        try {
            JsonNode tree = reader.readTree(value);
            return tree.isMissingNode() ? new Decoding.Undecodable("the value is empty") : new Decoding.Decoded(tree);
        } catch (JacksonException e) {
            return new Decoding.Undecodable(e.getOriginalMessage() + where(e.getLocation()));
        } catch (NumberFormatException e) { // an exponent beyond what a decimal can hold: Jackson lets it through
            return new Decoding.Undecodable("a number is out of range");
        }
    }

    /** An exceeded limit has no location. */
    private static String where(@Nullable TokenStreamLocation location) {
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }
}

package io.iotdarelay.decode;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.dataformat.smile.SmileFactory;
import tools.jackson.dataformat.smile.SmileMapper;

/** Smile, with its header. */
final class SmileValue implements ValueReader {

    private static final ObjectReader READER = new SmileMapper(SmileFactory.builder()
                    .streamReadConstraints(TokenTree.CONSTRAINTS)
                    .build())
            .reader();

    private final int maxSize;

    SmileValue(int maxSize) {
        this.maxSize = maxSize;
    }

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        try (JsonParser parser = READER.createParser(value)) {
            JsonNode tree = TokenTree.read(parser, maxSize, new SmileTexts(value));
            // An end mark or another header ends a document, whatever follows.
            if (parser.currentLocation().getByteOffset() < value.length) {
                throw FormatException.moreAfterTheValue();
            }
            return tree;
        } catch (JacksonException e) {
            throw FormatException.of(e, "Smile");
        }
    }
}

package io.iotdarelay.decode;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORMapper;
import tools.jackson.dataformat.cbor.CBORReadFeature;

/** CBOR, RFC 8949. */
final class CborValue implements ValueReader {

    private static final ObjectReader READER = new CBORMapper(CBORFactory.builder()
                    .streamReadConstraints(TokenTree.CONSTRAINTS)
                    .enable(CBORReadFeature.READ_SIMPLE_VALUE_AS_EMBEDDED_OBJECT)
                    .disable(CBORReadFeature.READ_UNDEFINED_AS_EMBEDDED_OBJECT)
                    .build())
            .reader();

    private final int maxSize;

    CborValue(int maxSize) {
        this.maxSize = maxSize;
    }

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        CborHeads.check(value);
        try (JsonParser parser = READER.createParser(value)) {
            return TokenTree.read(parser, maxSize, TokenTree.Texts.ANY);
        } catch (JacksonException e) {
            throw FormatException.of(e, "CBOR");
        }
    }
}

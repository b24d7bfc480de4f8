package io.iotdarelay.decode;

import tools.jackson.databind.JsonNode;

/** The result of decoding a record's value. */
public sealed interface Decoding {

    /** The value as a tree. */
    record Decoded(JsonNode tree) implements Decoding {}

    /**
     * The value is not valid in its format.
     *
     * @param detail what is wrong, and where
     */
    record Undecodable(String detail) implements Decoding {}
}

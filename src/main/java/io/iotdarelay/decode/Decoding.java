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

    /**
     * It cannot be decoded yet: something that the decoder needs is not there. It is being fetched, and the record has to be decoded
     * again.
     *
     * @param detail what is awaited
     */
    record Awaiting(String detail) implements Decoding {}
}

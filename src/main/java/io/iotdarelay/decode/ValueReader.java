package io.iotdarelay.decode;

import tools.jackson.databind.JsonNode;

/** Reads values of one format. */
interface ValueReader {

    /**
     * Reads a value.
     *
     * @param headers those of the record; they may say how the value is written
     */
    JsonNode read(byte[] value, Headers headers) throws FormatException;
}

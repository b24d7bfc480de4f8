package io.iotdarelay.schemas;

import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** Reads the values of one type. */
interface AvroReader {

    JsonNode read(AvroInput in) throws IOException;
}

package io.iotdarelay.decode;

import io.iotdarelay.decode.SenmlPack.Labels;
import tools.jackson.databind.JsonNode;

/**
 * A SenML pack, RFC 8428: the array of its resolved records. Names, values and sums are absolute, times are seconds since 1970.
 * Where a time is relative to now, now is the record's timestamp.
 */
record SenmlValue(ValueReader pack, Labels labels) implements ValueReader {

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        return new SenmlPack(labels, headers.timestamp()).resolve(pack.read(value, headers));
    }
}

package io.iotdarelay.decode;

import io.iotdarelay.telemetry.SourceRecord;

/** Decodes the values of one encoding. */
public interface RecordDecoder {

    /** Decodes a record's value, which is there and not empty; headers may say how. Never waits. */
    Decoding decode(SourceRecord record);
}

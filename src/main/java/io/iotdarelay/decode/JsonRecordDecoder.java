package io.iotdarelay.decode;

import io.iotdarelay.telemetry.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Decodes JSON that is not compressed, as {@link JsonValue} reads it. */
public final class JsonRecordDecoder implements RecordDecoder {

    private static final byte[] NOTHING = {};

    private final JsonValue json = new JsonValue();

    @Override
    public Decoding decode(SourceRecord record) {
        byte @Nullable [] value = record.value();
        return decode(value == null ? NOTHING : value);
    }

    /** Decodes a value. */
    public Decoding decode(byte[] value) {
        try {
            return new Decoding.Decoded(json.read(value, Headers.NONE));
        } catch (FormatException e) {
            return new Decoding.Undecodable(e.detail());
        }
    }
}

package io.iotdarelay.decode;

import io.iotdarelay.telemetry.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Decompresses a value, and reads it. */
record FormattedRecordDecoder(Decompression decompression, ValueReader reader) implements RecordDecoder {

    @Override
    @SuppressWarnings("ReferenceEquality") // the same array where nothing was compressed
    public Decoding decode(SourceRecord record) {
        byte @Nullable [] value = record.value();
        if (value == null || value.length == 0) {
            return new Decoding.Undecodable(FormatException.EMPTY);
        }
        Headers headers = new Headers(record.headers(), record.timestamp(), false);
        try {
            byte[] expanded = decompression.expand(value, headers);
            return new Decoding.Decoded(reader.read(expanded, expanded == value ? headers : headers.ofExpanded()));
        } catch (FormatException e) {
            return new Decoding.Undecodable(e.detail());
        }
    }
}

package io.iotdarelay.decode;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Makes a decoder when it is first asked for, so that a format nobody names is never loaded. */
final class StandardDecoders implements RecordDecoders {

    private final Map<Encoding, RecordDecoder> made = new ConcurrentHashMap<>();

    private final RecordDecoders withSchemas;

    StandardDecoders(RecordDecoders withSchemas) {
        this.withSchemas = withSchemas;
    }

    @Override
    public RecordDecoder of(Encoding encoding) {
        RecordDecoder known = made.get(encoding);
        return known == null ? made.computeIfAbsent(encoding, this::make) : known;
    }

    private RecordDecoder make(Encoding encoding) {
        if (encoding.format().needsSchema()) {
            return withSchemas.of(encoding);
        }
        if (encoding.format() == Format.JSON && encoding.compression() == Compression.NONE) {
            return new JsonRecordDecoder();
        }
        return new FormattedRecordDecoder(
                new Decompression(encoding.compression(), encoding.maxSize()),
                new Readers(encoding).of(encoding.format()));
    }
}

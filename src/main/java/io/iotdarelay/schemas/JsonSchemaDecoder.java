package io.iotdarelay.schemas;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.JsonRecordDecoder;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.Arrays;

/** JSON with a schema ID in front of it, or in a header. It is read without the schema, and not validated against it. */
public final class JsonSchemaDecoder implements RecordDecoder {

    private final JsonRecordDecoder json = new JsonRecordDecoder();

    @Override
    public Decoding decode(SourceRecord record) {
        return switch (Framing.of(record, SchemaType.JSON)) {
            case Framing.Unframed unframed -> new Decoding.Undecodable(unframed.detail());
            case Framing.Framed framed ->
                json.decode(Arrays.copyOfRange(framed.bytes(), framed.start(), framed.bytes().length));
        };
    }
}

package io.iotdarelay.schemas;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Values as if they had been framed, and schemas without a registry. */
final class Framed {

    private Framed() {}

    static CompiledSchema schema(SchemaType type, String text, SchemaText.Reference... references) {
        Compilation compilation = Compilation.of(new SchemaText(type, text, List.of(references)));
        return switch (compilation) {
            case Compilation.Compiled compiled -> compiled.schema();
            case Compilation.Unusable unusable -> throw new AssertionError(unusable.detail());
        };
    }

    static String unusable(SchemaType type, String text, SchemaText.Reference... references) {
        return ((Compilation.Unusable) Compilation.of(new SchemaText(type, text, List.of(references)))).detail();
    }

    static Framing.Framed value(byte[] bytes, Integer... message) {
        return new Framing.Framed(new SchemaKey.Id(7), List.of(message), bytes, 0);
    }

    static JsonNode tree(CompiledSchema schema, byte[] bytes, Integer... message) {
        return switch (schema.decode(value(bytes, message))) {
            case Decoding.Decoded decoded -> decoded.tree();
            case Decoding other -> throw new AssertionError(other.toString());
        };
    }

    static String refusal(CompiledSchema schema, byte[] bytes, Integer... message) {
        return ((Decoding.Undecodable) schema.decode(value(bytes, message))).detail();
    }

    static SourceRecord record(byte[] value, RecordHeader... headers) {
        return new SourceRecord(new RecordPosition("t", 0, 0), Instant.EPOCH, null, value, List.of(headers));
    }
}

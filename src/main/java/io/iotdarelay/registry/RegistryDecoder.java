package io.iotdarelay.registry;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.schemas.CompiledSchema;
import io.iotdarelay.schemas.Framing;
import io.iotdarelay.schemas.SchemaKey;
import io.iotdarelay.schemas.SchemaType;
import io.iotdarelay.telemetry.SourceRecord;

/** Decodes values by the schemas that they name. */
final class RegistryDecoder implements RecordDecoder {

    private final SchemaLookup registry;
    private final SchemaType type;

    RegistryDecoder(SchemaLookup registry, SchemaType type) {
        this.registry = registry;
        this.type = type;
    }

    @Override
    public Decoding decode(SourceRecord record) {
        return switch (Framing.of(record, type)) {
            case Framing.Unframed unframed -> new Decoding.Undecodable(unframed.detail());
            case Framing.Framed framed -> decode(framed);
        };
    }

    private Decoding decode(Framing.Framed framed) {
        SchemaKey key = framed.schema();
        if (key instanceof SchemaKey.Id id && id.number() < 0) {
            return new Decoding.Undecodable("no registry has a negative schema ID, " + id.number());
        }
        return switch (registry.lookup(key)) {
            case Lookup.Known known -> decode(known.schema(), framed);
            case Lookup.Unreadable unreadable -> new Decoding.Undecodable(unreadable.detail());
            case Lookup.Awaited ignored -> new Decoding.Awaiting(registry.reason(key));
        };
    }

    private Decoding decode(CompiledSchema schema, Framing.Framed framed) {
        return schema.type() == type
                ? schema.decode(framed)
                : new Decoding.Undecodable(framed.schema() + " is "
                        + schema.type().title() + ", but the route's format is " + type.title());
    }
}

package io.iotdarelay.registry;

import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.metrics.RegistryMeters;
import io.iotdarelay.schemas.JsonSchemaDecoder;
import io.iotdarelay.schemas.SchemaKey;
import io.iotdarelay.schemas.SchemaText;
import io.iotdarelay.schemas.SchemaType;
import io.iotdarelay.telemetry.Backoff;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.Random;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The decoders of formats that need a schema, with a registry whose schemas are known already. */
public final class KnownSchemas implements RecordDecoders {

    private final SchemaRegistry registry;

    /** With the schemas of a registry, by their numbers. */
    public KnownSchemas(Map<Integer, SchemaText> schemas) {
        registry = new SchemaRegistry(
                new Source(schemas),
                Schedulers.immediate(),
                new RegistryMeters(new SimpleMeterRegistry()),
                Backoff.standard(new Random()),
                Clock.systemUTC());
        schemas.keySet().forEach(number -> registry.lookup(new SchemaKey.Id(number)));
    }

    @Override
    public RecordDecoder of(Encoding encoding) {
        return switch (encoding.format()) {
            case AVRO -> registry.decoder(SchemaType.AVRO);
            case PROTOBUF -> registry.decoder(SchemaType.PROTOBUF);
            case JSON_SCHEMA -> new JsonSchemaDecoder();
            default -> throw new IllegalArgumentException(encoding + " needs no registry");
        };
    }

    private record Source(Map<Integer, SchemaText> schemas) implements SchemaSource {

        @Override
        public int servers() {
            return 1;
        }

        @Override
        public Mono<Fetch> fetch(SchemaKey key, int server) {
            SchemaText schema = key instanceof SchemaKey.Id id ? schemas.get(id.number()) : null;
            return Mono.just(schema == null ? new Fetch.Missing("no " + key) : new Fetch.Found(schema));
        }
    }
}

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
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A schema registry in memory, whose time passes when it is told to. The relay's own code asks it. */
public final class MemoryRegistry implements RecordDecoders {

    private final VirtualTimeScheduler loop = VirtualTimeScheduler.create();
    private final Map<SchemaKey, SchemaText> schemas = new HashMap<>();
    private final boolean answers;
    private final SchemaRegistry registry = new SchemaRegistry(
            new Source(),
            loop,
            new RegistryMeters(new SimpleMeterRegistry()),
            Backoff.standard(new Random(1)),
            () -> Instant.ofEpochMilli(loop.now(TimeUnit.MILLISECONDS)));

    /**
     * A registry without schemas.
     *
     * @param answers whether it is up
     */
    public MemoryRegistry(boolean answers) {
        this.answers = answers;
    }

    public MemoryRegistry with(SchemaKey key, SchemaText schema) {
        schemas.put(key, schema);
        return this;
    }

    public boolean answers() {
        return answers;
    }

    /** Time passes, and what was asked for is answered. */
    public void pass(Duration time) {
        loop.advanceTimeBy(time);
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

    private final class Source implements SchemaSource {

        @Override
        public int servers() {
            return 2;
        }

        @Override
        public Mono<Fetch> fetch(SchemaKey key, int server) {
            SchemaText schema = schemas.get(key);
            if (!answers) {
                return Mono.just(new Fetch.Failed("down", false));
            }
            return Mono.just(
                    schema == null ? new Fetch.Missing("the registry has no " + key) : new Fetch.Found(schema));
        }
    }
}

package io.iotdarelay.registry;

import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.schemas.JsonSchemaDecoder;
import io.iotdarelay.schemas.SchemaType;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The decoders of formats whose schemas are in a registry. A client of the registry exists, with its thread, once a decoder was asked
 * for that needs it.
 */
public final class RegistryDecoders implements AutoCloseable {

    private final Supplier<RegistryClient> connect;
    private volatile @Nullable RegistryClient client;

    RegistryDecoders(Supplier<RegistryClient> connect) {
        this.connect = connect;
    }

    /** A decoder for an encoding that needs schemas. */
    public RecordDecoder of(Encoding encoding) {
        return switch (encoding.format()) {
            case AVRO -> registry().decoder(SchemaType.AVRO);
            case PROTOBUF -> registry().decoder(SchemaType.PROTOBUF);
            case JSON_SCHEMA -> new JsonSchemaDecoder();
            default -> throw new IllegalArgumentException(encoding + " needs no registry");
        };
    }

    /** Whether the registry answers. Callable from any thread. */
    public RegistryStatus status() {
        RegistryClient open = client;
        return open == null
                ? new RegistryStatus(0, 0, Optional.empty())
                : open.registry().status();
    }

    @Override
    public void close() {
        RegistryClient open = client;
        if (open != null) {
            open.close();
        }
    }

    private synchronized SchemaRegistry registry() {
        RegistryClient open = client;
        if (open == null) {
            open = connect.get();
            client = open;
        }
        return open.registry();
    }
}

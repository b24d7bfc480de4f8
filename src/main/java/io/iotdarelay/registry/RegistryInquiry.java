package io.iotdarelay.registry;

import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.schemas.Compilation;
import io.iotdarelay.schemas.SchemaKey;
import io.iotdarelay.schemas.SchemaType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import reactor.core.publisher.Mono;

/**
 * The registry as a command uses it: who asks waits for the answer. Each schema is asked for once, of each address until one has it, beginning with the one that had
 * the former. After
 * a failure nothing more is asked, so that a thousand records do not wait a thousand times. For one thread.
 */
public final class RegistryInquiry implements SchemaLookup, AutoCloseable {

    /** Each request has a timeout of its own, and a schema may need many. */
    private static final Duration AT_MOST = Duration.ofMinutes(2);

    private final RegistryConnections connections;
    private final Map<SchemaKey, Lookup> known = new HashMap<>();
    private String trouble = "";
    private int first;

    /** Connects nothing yet. */
    public RegistryInquiry(RegistryProperties properties, @Nullable SslBundle bundle) {
        this.connections = new RegistryConnections(properties, bundle);
    }

    /** Decodes values of one kind of schema. */
    public RecordDecoder decoder(SchemaType type) {
        return new RegistryDecoder(this, type);
    }

    /** What is wrong with the answers of each address; empty if nothing is. */
    public List<String> ask() {
        return IntStream.range(0, connections.source().servers())
                .mapToObj(server -> await(connections.source().contact(server)))
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public Lookup lookup(SchemaKey key) {
        Lookup lookup = known.get(key);
        if (lookup == null) {
            lookup = trouble.isEmpty() ? fetch(key) : new Lookup.Awaited();
            known.put(key, lookup);
        }
        return lookup;
    }

    private Lookup fetch(SchemaKey key) {
        String missing = "";
        String failure = "";
        int servers = connections.source().servers();
        for (int i = 0; i < servers; i++) {
            int server = (first + i) % servers;
            switch (await(connections.source().fetch(key, server))) {
                case Fetch.Found found -> {
                    first = server;
                    return switch (SchemaRegistry.compilation(found.schema())) {
                        case Compilation.Compiled compiled -> new Lookup.Known(compiled.schema());
                        case Compilation.Unusable unusable ->
                            new Lookup.Unreadable(key + " cannot be used: " + unusable.detail());
                    };
                }
                case Fetch.Missing none -> missing = none.detail();
                case Fetch.Failed failed -> failure = failed.detail();
            }
        }
        if (!missing.isEmpty()) {
            return new Lookup.Unreadable(missing);
        }
        trouble = failure;
        return new Lookup.Awaited();
    }

    @Override
    public String reason(SchemaKey key) {
        return trouble;
    }

    private static <T> T await(Mono<T> answer) {
        return Objects.requireNonNull(answer.block(AT_MOST));
    }

    @Override
    public void close() {
        connections.close();
    }
}

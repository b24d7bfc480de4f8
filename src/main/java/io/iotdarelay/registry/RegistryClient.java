package io.iotdarelay.registry;

import io.iotdarelay.metrics.RegistryMeters;
import io.iotdarelay.telemetry.Backoff;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/** The registry as the service uses it. */
final class RegistryClient implements AutoCloseable {

    private final RegistryConnections connections;
    private final SchemaRegistry registry;

    /** Connects nothing yet. */
    RegistryClient(
            RegistryProperties properties,
            @Nullable SslBundle bundle,
            RegistryMeters meters,
            Backoff backoff,
            InstantSource time) {
        this.connections = new RegistryConnections(properties, bundle);
        this.registry = new SchemaRegistry(connections.source(), connections.loop(), meters, backoff, time);
    }

    SchemaRegistry registry() {
        return registry;
    }

    /** Replaces trust and key from the next request on. */
    void use(SslBundle renewed) {
        connections.use(renewed);
    }

    @Override
    public void close() {
        connections.close();
    }
}

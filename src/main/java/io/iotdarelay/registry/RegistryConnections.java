package io.iotdarelay.registry;

import io.iotdarelay.egress.HttpsConnections;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/** The connections to the registry, with their event loop. */
final class RegistryConnections implements AutoCloseable {

    private static final int MAX_CONNECTIONS = 4;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final LoopResources thread = LoopResources.create("relay-registry", 1, true);
    private final HttpsConnections connections;
    private final Scheduler loop;
    private final HttpRegistry source;

    /** Connects nothing yet. */
    RegistryConnections(RegistryProperties properties, @Nullable SslBundle bundle) {
        this.loop = Schedulers.fromExecutorService(
                thread.onClient(LoopResources.DEFAULT_NATIVE).next());
        this.connections = new HttpsConnections(
                new HttpsConnections.Settings(
                        "registry",
                        MAX_CONNECTIONS,
                        Optional.empty(),
                        properties.connectTimeout(),
                        properties.responseTimeout()),
                thread,
                UnaryOperator.identity(),
                bundle);
        this.source = new HttpRegistry(properties, connections::client, loop);
    }

    HttpRegistry source() {
        return source;
    }

    Scheduler loop() {
        return loop;
    }

    /** Replaces trust and key from the next request on. */
    void use(SslBundle renewed) {
        connections.use(renewed);
    }

    @Override
    public void close() {
        connections.close();
        thread.disposeLater(Duration.ZERO, CLOSE_TIMEOUT).block(CLOSE_TIMEOUT);
    }
}

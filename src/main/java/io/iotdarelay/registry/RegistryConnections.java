package io.iotdarelay.registry;

import io.iotdarelay.egress.ClientTls;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientSecurityUtils;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** The connections to the registry, with their event loop. */
final class RegistryConnections implements AutoCloseable {

    private static final int MAX_CONNECTIONS = 4;
    private static final Duration MAX_IDLE = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final LoopResources thread = LoopResources.create("relay-registry", 1, true);
    private final ConnectionProvider connections = ConnectionProvider.builder("registry")
            .maxConnections(MAX_CONNECTIONS)
            .pendingAcquireMaxCount(-1)
            .maxIdleTime(MAX_IDLE)
            .build();
    private final HttpClient plain;
    private final Duration handshakeTimeout;
    private final Scheduler loop;
    private final HttpRegistry source;
    private volatile HttpClient http;

    /** Connects nothing yet. */
    RegistryConnections(RegistryProperties properties, @Nullable SslBundle bundle) {
        this.loop = Schedulers.fromExecutorService(
                thread.onClient(LoopResources.DEFAULT_NATIVE).next());
        this.handshakeTimeout = properties.connectTimeout();
        this.plain = HttpClient.create(connections)
                .runOn(thread)
                .protocol(HttpProtocol.HTTP11)
                .followRedirect(false)
                .compress(true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        properties.connectTimeout().toMillis())
                .responseTimeout(properties.responseTimeout());
        this.http = secured(bundle);
        this.source = new HttpRegistry(properties, () -> http, loop);
    }

    HttpRegistry source() {
        return source;
    }

    Scheduler loop() {
        return loop;
    }

    /** Replaces trust and key from the next request on. */
    void use(SslBundle renewed) {
        http = secured(renewed);
    }

    @Override
    public void close() {
        connections.disposeLater().block(CLOSE_TIMEOUT);
        thread.disposeLater(Duration.ZERO, CLOSE_TIMEOUT).block(CLOSE_TIMEOUT);
    }

    private HttpClient secured(@Nullable SslBundle bundle) {
        SslContext tls = ClientTls.context(bundle);
        return plain.secure(spec -> spec.sslContext(tls)
                .handshakeTimeout(handshakeTimeout)
                .handlerConfigurator(HttpClientSecurityUtils.HOSTNAME_VERIFICATION_CONFIGURER));
    }
}

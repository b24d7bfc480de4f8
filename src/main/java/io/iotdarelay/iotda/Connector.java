package io.iotdarelay.iotda;

import io.iotdarelay.egress.Egress;
import io.iotdarelay.egress.Origin;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientSecurityUtils;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;

/**
 * Makes connections to the platform on one event loop: through the proxy, if there is one, and with TLS, for which certificate and host
 * name are verified. A connection is ready when the TLS handshake is done.
 */
final class Connector {

    private final TcpClient plain;
    private final Duration handshakeTimeout;
    private volatile TcpClient secured;

    /** Connects nothing yet. */
    Connector(IotdaProperties properties, Egress egress, LoopResources thread, SslContext tls) {
        Origin server = properties.origin();
        this.plain = egress.via(TcpClient.create(ConnectionProvider.newConnection())
                .runOn(thread)
                .host(server.uri().getHost())
                .port(server.port())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        properties.connectTimeout().toMillis()));
        this.handshakeTimeout = properties.connectTimeout();
        this.secured = secured(tls);
    }

    /** From the next connection on. Callable from any thread. */
    void use(SslContext tls) {
        secured = secured(tls);
    }

    private TcpClient secured(SslContext tls) {
        return plain.secure(spec -> spec.sslContext(tls)
                .handshakeTimeout(handshakeTimeout)
                .handlerConfigurator(HttpClientSecurityUtils.HOSTNAME_VERIFICATION_CONFIGURER));
    }

    /** A new connection for each subscriber, who has to close it. Cancelling gives it up. */
    Mono<? extends Connection> connect() {
        return Mono.defer(() -> secured.connect());
    }
}

package io.iotdarelay.egress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.BufferOverflowException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientSecurityUtils;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Connections to a server that is asked now and then: a few, kept for ten seconds. HTTP/1.1, TLS 1.2 or 1.3; host names are verified,
 * redirects not followed.
 */
public final class HttpsConnections implements AutoCloseable {

    private static final Duration MAX_IDLE = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final ConnectionProvider connections;
    private final HttpClient plain;
    private final Duration handshakeTimeout;
    private volatile HttpClient client;

    /**
     * What differs from server to server.
     *
     * @param name of the connections, in Reactor Netty's own words
     * @param most how many connections at a time; who comes later waits
     * @param maxAge of a connection: then the next one asks DNS anew
     * @param connectTimeout of a connection, and again of its TLS handshake
     * @param responseTimeout between two parts of a response
     */
    public record Settings(
            String name, int most, Optional<Duration> maxAge, Duration connectTimeout, Duration responseTimeout) {}

    /**
     * Connects nothing yet.
     *
     * @param thread whose event loop the connections live on; it is closed by its owner
     * @param way how connections reach the server
     * @param bundle whose trust store is used, and its certificate if it has one; none for the JVM's trust
     */
    public HttpsConnections(
            Settings settings, LoopResources thread, UnaryOperator<HttpClient> way, @Nullable SslBundle bundle) {
        ConnectionProvider.Builder pool = ConnectionProvider.builder(settings.name())
                .maxConnections(settings.most())
                .pendingAcquireMaxCount(-1)
                .maxIdleTime(MAX_IDLE);
        settings.maxAge().ifPresent(pool::maxLifeTime);
        this.connections = pool.build();
        this.handshakeTimeout = settings.connectTimeout();
        this.plain = way.apply(HttpClient.create(connections)
                .runOn(thread)
                .protocol(HttpProtocol.HTTP11)
                .followRedirect(false)
                .compress(true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        settings.connectTimeout().toMillis())
                .responseTimeout(settings.responseTimeout()));
        this.client = secured(bundle);
    }

    /** The client to ask with now: another one after the bundle was renewed. */
    public HttpClient client() {
        return client;
    }

    /** Replaces trust and key from the next connection on. */
    public void use(SslBundle renewed) {
        client = secured(renewed);
    }

    @Override
    public void close() {
        connections.disposeLater().block(CLOSE_TIMEOUT);
    }

    /** The whole body of a response; fails with {@link BufferOverflowException} if it has more bytes than this. */
    public static Mono<byte[]> body(ByteBufFlux content, int most) {
        return Mono.defer(() -> {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            return content.doOnNext(part -> append(body, part, most)).then(Mono.fromSupplier(body::toByteArray));
        });
    }

    private static void append(ByteArrayOutputStream body, ByteBuf part, int most) {
        if (body.size() + part.readableBytes() > most) {
            throw new BufferOverflowException();
        }
        byte[] bytes = new byte[part.readableBytes()];
        part.getBytes(part.readerIndex(), bytes);
        body.writeBytes(bytes);
    }

    private HttpClient secured(@Nullable SslBundle bundle) {
        return secured(plain, bundle, handshakeTimeout);
    }

    /** The same client by TLS, which verifies the name of the server. */
    public static HttpClient secured(HttpClient plain, @Nullable SslBundle bundle, Duration handshakeTimeout) {
        SslContext tls = tls(bundle);
        return plain.secure(spec -> spec.sslContext(tls)
                .handshakeTimeout(handshakeTimeout)
                .handlerConfigurator(HttpClientSecurityUtils.HOSTNAME_VERIFICATION_CONFIGURER));
    }

    private static SslContext tls(@Nullable SslBundle bundle) {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(io.netty.handler.ssl.SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2");
        try {
            if (bundle != null) {
                builder.trustManager(bundle.getManagers().getTrustManagerFactory());
                if (bundle.getStores().getKeyStore() != null) {
                    builder.keyManager(bundle.getManagers().getKeyManagerFactory());
                }
            }
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }
}

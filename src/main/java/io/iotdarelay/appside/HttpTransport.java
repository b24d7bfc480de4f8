package io.iotdarelay.appside;

import io.iotdarelay.egress.ClientTls;
import io.iotdarelay.egress.Egress;
import io.iotdarelay.egress.Origin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayOutputStream;
import java.nio.BufferOverflowException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.HttpClientSecurityUtils;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** The connections to the application side. HTTP/1.1; host names are verified, redirects not followed, responses bounded. */
final class HttpTransport implements Transport, AutoCloseable {

    static final int MAX_CONNECTIONS = 16;

    private static final Duration MAX_IDLE = Duration.ofSeconds(10);

    /** Then the next one asks DNS anew. */
    private static final Duration MAX_AGE = Duration.ofMinutes(10);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final ConnectionProvider connections = ConnectionProvider.builder("platform")
            .maxConnections(MAX_CONNECTIONS)
            .pendingAcquireMaxCount(-1)
            .maxIdleTime(MAX_IDLE)
            .maxLifeTime(MAX_AGE)
            .build();
    private final String origin;
    private final HttpClient plain;
    private final Duration handshakeTimeout;
    private volatile HttpClient http;

    /** Connects nothing yet. */
    HttpTransport(PlatformProperties properties, Egress egress, LoopResources thread, @Nullable SslBundle bundle) {
        Origin server = properties.origin();
        this.origin = server.text();
        this.handshakeTimeout = properties.connectTimeout();
        this.plain = egress.via(HttpClient.create(connections)
                .runOn(thread)
                .protocol(HttpProtocol.HTTP11)
                .followRedirect(false)
                .compress(true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        properties.connectTimeout().toMillis())
                .responseTimeout(properties.responseTimeout()));
        this.http = secured(bundle);
    }

    /** Replaces trust and key from the next connection on. */
    void use(SslBundle renewed) {
        http = secured(renewed);
    }

    @Override
    public Mono<HttpReply> exchange(Unsigned request, Signer.Signed signed, Runnable sent) {
        return http.doOnRequest((outgoing, connection) -> sent.run())
                .headers(headers -> set(headers, request, signed))
                .request(HttpMethod.valueOf(request.method()))
                .uri(origin + request.target())
                .send((outgoing, outbound) -> request.body().length == 0
                        ? outbound
                        : outbound.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(request.body()))))
                .response(HttpTransport::reply)
                .single();
    }

    private static void set(HttpHeaders headers, Unsigned request, Signer.Signed signed) {
        headers.set(HttpHeaderNames.HOST, request.host());
        headers.set(HttpHeaderNames.USER_AGENT, "iotda-relay");
        headers.set(HttpHeaderNames.ACCEPT, "application/json");
        request.headers().forEach(headers::set);
        headers.set(Signer.DATE, signed.date());
        headers.set(HttpHeaderNames.AUTHORIZATION, signed.authorization());
        if (request.body().length > 0) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
            headers.set(HttpHeaderNames.CONTENT_LENGTH, request.body().length);
        }
    }

    private static Mono<HttpReply> reply(HttpClientResponse response, ByteBufFlux content) {
        int status = response.status().code();
        Optional<String> retryAfter =
                Optional.ofNullable(response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        return content.doOnNext(part -> append(body, part))
                .then(Mono.fromSupplier(() -> new HttpReply(status, body.toByteArray(), retryAfter, false)))
                .onErrorResume(
                        BufferOverflowException.class,
                        e -> Mono.just(new HttpReply(status, Unsigned.NO_BODY, retryAfter, true)));
    }

    private static void append(ByteArrayOutputStream body, ByteBuf part) {
        if (body.size() + part.readableBytes() > HttpReply.MAX_BODY) {
            throw new BufferOverflowException();
        }
        byte[] bytes = new byte[part.readableBytes()];
        part.getBytes(part.readerIndex(), bytes);
        body.writeBytes(bytes);
    }

    private HttpClient secured(@Nullable SslBundle bundle) {
        SslContext tls = ClientTls.context(bundle);
        return plain.secure(spec -> spec.sslContext(tls)
                .handshakeTimeout(handshakeTimeout)
                .handlerConfigurator(HttpClientSecurityUtils.HOSTNAME_VERIFICATION_CONFIGURER));
    }

    @Override
    public void close() {
        connections.disposeLater().block(CLOSE_TIMEOUT);
    }
}

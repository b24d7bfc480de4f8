package io.iotdarelay.appside;

import io.iotdarelay.egress.Egress;
import io.iotdarelay.egress.HttpsConnections;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.BufferOverflowException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.LoopResources;

/** Carries requests to the application side over a few connections. Responses are bounded. */
final class HttpTransport implements Transport, AutoCloseable {

    static final int MAX_CONNECTIONS = 16;

    /** Then the next one asks DNS anew. */
    private static final Duration MAX_AGE = Duration.ofMinutes(10);

    private final String origin;
    private final HttpsConnections connections;

    /** Connects nothing yet. */
    HttpTransport(PlatformProperties properties, Egress egress, LoopResources thread, @Nullable SslBundle bundle) {
        this.origin = properties.origin().text();
        this.connections = new HttpsConnections(
                new HttpsConnections.Settings(
                        "platform",
                        MAX_CONNECTIONS,
                        Optional.of(MAX_AGE),
                        properties.connectTimeout(),
                        properties.responseTimeout()),
                thread,
                egress::via,
                bundle);
    }

    /** Replaces trust and key from the next connection on. */
    void use(SslBundle renewed) {
        connections.use(renewed);
    }

    @Override
    public Mono<HttpReply> exchange(Unsigned request, Signer.Signed signed, Runnable sent) {
        return connections
                .client()
                .doOnRequest((outgoing, connection) -> sent.run())
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
        return HttpsConnections.body(content, HttpReply.MAX_BODY)
                .map(body -> new HttpReply(status, body, retryAfter, false))
                .onErrorResume(
                        BufferOverflowException.class,
                        e -> Mono.just(new HttpReply(status, Unsigned.NO_BODY, retryAfter, true)));
    }

    @Override
    public void close() {
        connections.close();
    }
}

package io.iotdarelay.compare.engine;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLException;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** Posts with reactor-netty's client as it comes, on one event loop. */
final class ReactorPoster {

    private static final int OK = 200;

    private final HttpClient http;
    private final Map<String, Target> targets;

    ReactorPoster(Setting setting) {
        this.targets = setting.targets();
        ConnectionProvider pool = ConnectionProvider.builder("engine")
                .maxConnections(setting.scene().inFlight())
                .pendingAcquireMaxCount(-1)
                .build();
        SslContext tls = tls(setting);
        this.http = HttpClient.create(pool)
                .runOn(LoopResources.create("engine", 1, true))
                .protocol(HttpProtocol.HTTP11)
                .secure(spec -> spec.sslContext(tls))
                .baseUrl(setting.endpoint().toString());
    }

    private static SslContext tls(Setting setting) {
        try {
            return SslContextBuilder.forClient()
                    .protocols("TLSv1.3")
                    .trustManager(setting.trust())
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Completes when the sink has accepted it. */
    Mono<Void> post(Encoder.Post post) {
        Target target = Objects.requireNonNull(targets.get(post.sender()));
        return http.headers(headers -> headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                        .set(HttpHeaderNames.CONTENT_LENGTH, post.body().length)
                        .set("access_token", target.token()))
                .post()
                .uri(target.path())
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(post.body())))
                .responseSingle((response, body) -> response.status().code() == OK
                        ? body.asByteArray().then()
                        : Mono.error(new IllegalStateException(response.status().toString())));
    }
}

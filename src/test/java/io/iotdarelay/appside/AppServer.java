package io.iotdarelay.appside;

import io.iotdarelay.testing.Authority;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** An HTTPS server that answers what it is told to, in order, and remembers what it was asked. */
final class AppServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The status of an answer that never comes. */
    static final int NEVER = 0;

    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final DisposableServer server;

    record Request(String method, String uri, HttpHeaders headers, String body) {}

    private record Reply(int status, String body, Map<String, String> headers) {}

    private AppServer(Authority authority) {
        SslContext tls = tls(authority.issue());
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(spec -> spec.sslContext(tls))
                .handle(this::handle)
                .bindNow(PATIENCE);
    }

    static AppServer start(Authority authority) {
        return new AppServer(authority);
    }

    String endpoint() {
        return "https://localhost:" + server.port();
    }

    AppServer answers(int status, String body) {
        return answers(status, body, Map.of());
    }

    AppServer answers(int status, String body, Map<String, String> headers) {
        replies.add(new Reply(status, body, headers));
        return this;
    }

    AppServer fails(int times, int status, String code) {
        for (int i = 0; i < times; i++) {
            answers(status, "{\"error_code\":\"" + code + "\",\"error_msg\":\"words\"}");
        }
        return this;
    }

    List<Request> requests() {
        return requests;
    }

    Request last() {
        return requests.getLast();
    }

    private Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        return request.receive().aggregate().asString().defaultIfEmpty("").flatMap(body -> {
            requests.add(new Request(
                    request.method().name(),
                    request.uri(),
                    request.requestHeaders().copy(),
                    body));
            Reply reply = replies.poll();
            if (reply == null) {
                return response.status(599).send();
            }
            if (reply.status() == NEVER) {
                return Mono.never();
            }
            reply.headers().forEach(response::header);
            return response.status(reply.status())
                    .sendString(Mono.just(reply.body()))
                    .then();
        });
    }

    private static SslContext tls(X509Bundle issued) {
        try {
            return SslContextBuilder.forServer(issued.toKeyManagerFactory()).build();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.disposeNow(PATIENCE);
    }
}

package io.iotdarelay.group;

import io.iotdarelay.egress.HttpsConnections;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Asks one instance: few connections, bounded answers, redirects not followed. By TLS, its certificate has to be for the name by which
 * it was found. A thread of its own: neither the event loops of the flow nor the HTTP port's.
 */
final class PeerClient implements AutoCloseable {

    /** Says which question it is: nobody answers one twice. */
    static final String QUESTION = "Iotda-Relay-Question";
    /** Says which instance answers. */
    static final String INSTANCE = "Iotda-Relay-Instance";
    /** Says the name of that instance. */
    static final String NAME = "Iotda-Relay-Name";

    private static final int MOST_CONNECTIONS = 2;
    private static final int MOST_WAITING = 16;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration MAX_IDLE = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final LoopResources thread = LoopResources.create("relay-group", 1, true);
    private final ConnectionProvider connections = ConnectionProvider.builder("relay-group")
            .maxConnections(MOST_CONNECTIONS)
            .pendingAcquireMaxCount(MOST_WAITING)
            .pendingAcquireTimeout(CONNECT_TIMEOUT)
            .maxIdleTime(MAX_IDLE)
            .build();
    private final HttpClient plain = HttpClient.create(connections)
            .runOn(thread)
            .protocol(HttpProtocol.HTTP11)
            .followRedirect(false)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis());
    private final boolean tls;
    private final Supplier<Optional<SslBundle>> trust;
    private volatile @Nullable Secured secured;

    /** The client for a bundle: another one after it was renewed. */
    private record Secured(Optional<SslBundle> bundle, HttpClient client) {}

    /** What came back. */
    @SuppressWarnings("ArrayRecordComponent") // parsed at once, never compared
    record Reply(int status, Optional<String> id, Optional<String> name, byte[] body) {}

    /**
     * Connects nothing yet.
     *
     * @param tls whether instances are asked by TLS
     * @param trust the bundle whose trust store is used; none for the JVM's
     */
    PeerClient(boolean tls, Supplier<Optional<SslBundle>> trust) {
        this.tls = tls;
        this.trust = trust;
    }

    /** Asks. Fails if there is no response, or one with a larger body than this. */
    Mono<Reply> ask(InetSocketAddress peer, String id, Question question, int most) {
        return Mono.defer(() -> client().remoteAddress(() -> peer)
                .headers(headers -> prepare(headers, id, question))
                .request(HttpMethod.valueOf(question.method()))
                .uri(question.pathAndQuery())
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(question.body())))
                .response((response, content) -> HttpsConnections.body(content, most)
                        .map(body -> new Reply(
                                response.status().code(),
                                Optional.ofNullable(response.responseHeaders().get(INSTANCE)),
                                Optional.ofNullable(response.responseHeaders().get(NAME)),
                                body)))
                .single());
    }

    private static void prepare(HttpHeaders headers, String id, Question question) {
        headers.set(HttpHeaderNames.ACCEPT, "application/json").set(QUESTION, id);
        question.authorization().ifPresent(value -> headers.set(HttpHeaderNames.AUTHORIZATION, value));
        if (!question.method().equals("GET")) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        }
        headers.set(HttpHeaderNames.CONTENT_LENGTH, question.body().length);
    }

    private HttpClient client() {
        if (!tls) {
            return plain;
        }
        Optional<SslBundle> bundle = trust.get();
        Secured known = secured;
        if (known == null || !known.bundle().equals(bundle)) {
            known = new Secured(bundle, HttpsConnections.secured(plain, bundle.orElse(null), CONNECT_TIMEOUT));
            secured = known;
        }
        return known.client();
    }

    @Override
    public void close() {
        connections.disposeLater().block(CLOSE_TIMEOUT);
        thread.disposeLater(Duration.ZERO, CLOSE_TIMEOUT).block(CLOSE_TIMEOUT);
    }
}

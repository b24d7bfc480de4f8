package io.iotdarelay.access;

import io.iotdarelay.access.LoggedIn.How;
import io.iotdarelay.metrics.AccessMeters;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The login of users who logged in at another instance, with its {@linkplain Assertions assertion}. */
final class AssertionLogin {

    private static final Logger log = LoggerFactory.getLogger(AssertionLogin.class);

    private final Assertions assertions;
    private final int maxSize;
    private final RefusedLogins refusals;

    AssertionLogin(Assertions assertions, long maxSize, LongSupplier nanoTime, AccessMeters meters) {
        this.assertions = assertions;
        this.maxSize = Math.toIntExact(maxSize);
        this.refusals = new RefusedLogins(log, "What another instance says of a user was refused", nanoTime, meters);
    }

    /** A request without an assertion goes on. The body of one with it is read, to see whether it is the one that was meant. */
    Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        String authorization = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        if (authorization == null
                || !authorization.regionMatches(true, 0, Assertions.SCHEME, 0, Assertions.SCHEME.length())) {
            return chain.filter(exchange);
        }
        return switch (assertions.check(authorization, request(request))) {
            case Assertions.Outcome.Refused refused -> refuse(exchange, refused.why());
            case Assertions.Outcome.Accepted accepted ->
                DataBufferUtils.join(request.getBody(), maxSize)
                        .map(AssertionLogin::bytes)
                        .defaultIfEmpty(new byte[0])
                        .flatMap(body -> Assertions.hash(body).equals(accepted.bodyHash())
                                ? chain.filter(with(exchange, body))
                                        .contextWrite(ReactiveSecurityContextHolder.withAuthentication(
                                                LoggedIn.by(How.INSTANCE, accepted.account(), request)
                                                        .authentication()))
                                : refuse(exchange, "it is for another body"))
                        .onErrorResume(
                                DataBufferLimitException.class,
                                large -> answer(exchange, HttpStatus.CONTENT_TOO_LARGE));
        };
    }

    /** As it was asked, not as it is understood. */
    static Assertions.Request request(ServerHttpRequest request) {
        String query = request.getURI().getRawQuery();
        return new Assertions.Request(
                request.getMethod().name(), request.getURI().getRawPath() + (query == null ? "" : "?" + query));
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private static ServerWebExchange with(ServerWebExchange exchange, byte[] body) {
        ServerHttpRequest request = new ServerHttpRequestDecorator(exchange.getRequest()) {
            @Override
            public Flux<DataBuffer> getBody() {
                return body.length == 0
                        ? Flux.empty()
                        : Flux.defer(() ->
                                Flux.just(exchange.getResponse().bufferFactory().wrap(body)));
            }
        };
        return exchange.mutate().request(request).build();
    }

    private Mono<Void> refuse(ServerWebExchange exchange, String why) {
        refusals.add(exchange, why);
        return answer(exchange, HttpStatus.UNAUTHORIZED);
    }

    private static Mono<Void> answer(ServerWebExchange exchange, HttpStatus status) {
        exchange.getResponse().setStatusCode(status);
        return exchange.getResponse().setComplete();
    }
}

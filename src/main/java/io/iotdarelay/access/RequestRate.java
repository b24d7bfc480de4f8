package io.iotdarelay.access;

import java.util.function.LongSupplier;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * How many requests an address may make: a probe makes one in some seconds, an operator a few. What is open to anybody, such as metrics,
 * costs processor time that the relay needs.
 */
final class RequestRate implements WebFilter, Ordered {

    static final int PER_SECOND = 50;
    static final int AT_ONCE = 100;

    /** Before everything else. */
    private static final int ORDER = -2000;

    private final DecayingCounts requests;

    RequestRate(LongSupplier nanoTime) {
        requests = new DecayingCounts(nanoTime, PER_SECOND);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (mayCome(Clients.network(Clients.address(exchange)))) {
            return chain.filter(exchange);
        }
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatus.TOO_MANY_REQUESTS);
        response.getHeaders().set(HttpHeaders.RETRY_AFTER, "1");
        return response.setComplete();
    }

    /** What is refused does not count. */
    boolean mayCome(String address) {
        if (requests.of(address) > AT_ONCE - 1) {
            return false;
        }
        requests.add(address);
        return true;
    }
}

package io.iotdarelay.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
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

    private static final int MOST_REMEMBERED = 10_000;
    private static final double NANOS = Duration.ofSeconds(1).toNanos();
    /** Before everything else. */
    private static final int ORDER = -2000;

    private record Requests(double count, long lastAt) {}

    private final LongSupplier nanoTime;
    private final Cache<String, Requests> byAddress;

    RequestRate(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        byAddress = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(Duration.ofMinutes(1))
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
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
        long now = nanoTime.getAsLong();
        Requests before = byAddress.getIfPresent(address);
        if (before != null && left(before, now) > AT_ONCE - 1) {
            return false;
        }
        byAddress
                .asMap()
                .compute(address, (any, former) -> new Requests((former == null ? 0 : left(former, now)) + 1, now));
        return true;
    }

    private static double left(Requests requests, long now) {
        return Math.max(0, requests.count() - (now - requests.lastAt()) / NANOS * PER_SECOND);
    }
}

package io.iotdarelay.access;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What every request must be like. One that changes something is JSON, which no form of another site can send, and does not say that
 * another site caused it. Only the forms of the login are urlencoded, and those do not come from another site either. A body has a limit. After a refusal the connection is closed if there is a body, which is not read.
 */
final class RequestRules implements WebFilter, Ordered {

    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");
    /** Before Spring Security's. */
    private static final int ORDER = -1000;

    private final long maxSize;

    RequestRules(long maxSize) {
        this.maxSize = maxSize;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    private record Refusal(HttpStatus status, String why) {}

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        ServerHttpResponse response = exchange.getResponse();
        if (hasBody(request)) {
            response.beforeCommit(() -> Mono.fromRunnable(() -> closeIfRefused(response)));
        }
        return refusal(request).map(refusal -> answer(response, refusal)).orElseGet(() -> chain.filter(exchange));
    }

    private Optional<Refusal> refusal(ServerHttpRequest request) {
        if (request.getHeaders().getContentLength() > maxSize) {
            return Optional.of(new Refusal(HttpStatus.CONTENT_TOO_LARGE, "at most " + maxSize + " bytes"));
        }
        if (Methods.isReading(request)) {
            return Optional.empty();
        }
        if (!isFromOwnSite(request)) {
            return Optional.of(new Refusal(HttpStatus.FORBIDDEN, "not from another site"));
        }
        if (Paths.isForm(request)) {
            return isOf(request, RequestRules::isUrlEncoded)
                    ? Optional.empty()
                    : Optional.of(
                            new Refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "only application/x-www-form-urlencoded"));
        }
        if (!isOf(request, RequestRules::isJson)) {
            return Optional.of(new Refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "only application/json"));
        }
        return Optional.empty();
    }

    private static boolean isOf(ServerHttpRequest request, Predicate<MediaType> wanted) {
        try {
            MediaType type = request.getHeaders().getContentType();
            return type != null && wanted.test(type);
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private static boolean isJson(MediaType type) {
        return type.getType().equals("application")
                && (type.getSubtype().equals("json") || type.getSubtype().endsWith("+json"));
    }

    private static boolean isUrlEncoded(MediaType type) {
        return type.equalsTypeAndSubtype(MediaType.APPLICATION_FORM_URLENCODED);
    }

    private static boolean isFromOwnSite(ServerHttpRequest request) {
        String site = request.getHeaders().getFirst("Sec-Fetch-Site");
        String origin = request.getHeaders().getOrigin();
        return (site == null || OWN_SITE.contains(site.toLowerCase(Locale.ROOT)))
                && (origin == null || isOwn(origin, request.getHeaders().getFirst(HttpHeaders.HOST)));
    }

    private static boolean isOwn(String origin, @Nullable String host) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return host != null && authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean hasBody(ServerHttpRequest request) {
        return request.getHeaders().getContentLength() > 0
                || request.getHeaders().containsHeader(HttpHeaders.TRANSFER_ENCODING);
    }

    private static void closeIfRefused(ServerHttpResponse response) {
        if (response.getStatusCode() != null && response.getStatusCode().isError()) {
            response.getHeaders().setConnection("close");
        }
    }

    private static Mono<Void> answer(ServerHttpResponse response, Refusal refusal) {
        response.setStatusCode(refusal.status());
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        byte[] body = ("{\"error\":\"" + refusal.why() + "\"}").getBytes(StandardCharsets.UTF_8);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }
}

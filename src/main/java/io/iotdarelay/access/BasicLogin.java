package io.iotdarelay.access;

import io.iotdarelay.access.LoggedIn.How;
import io.iotdarelay.access.Logins.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.security.web.server.authentication.ServerHttpBasicAuthenticationConverter;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** HTTP Basic. No bean of Spring's filter type, for it would be called outside of the security chain too. */
final class BasicLogin {

    private static final String CHALLENGE = "Basic realm=\"iotda-relay\", charset=\"UTF-8\"";

    private final ServerHttpBasicAuthenticationConverter basic = new ServerHttpBasicAuthenticationConverter();
    private final PasswordChecks checks;

    BasicLogin(PasswordChecks checks) {
        this.checks = checks;
    }

    /** For requests without credentials. */
    static ServerAuthenticationEntryPoint challenge() {
        return (exchange, failure) -> challenge(exchange);
    }

    /** A request without credentials goes on; what it may see is decided elsewhere. */
    Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return basic.convert(exchange)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(given -> given.map(credentials ->
                                attempt(credentials, exchange).flatMap(outcome -> settle(outcome, exchange, chain)))
                        .orElseGet(() -> chain.filter(exchange)));
    }

    private Mono<Outcome> attempt(Authentication given, ServerWebExchange exchange) {
        return checks.attempt(Clients.address(exchange), given.getName(), String.valueOf(given.getCredentials()));
    }

    private static Mono<Void> settle(Outcome outcome, ServerWebExchange exchange, WebFilterChain chain) {
        return switch (outcome) {
            case Outcome.Accepted accepted ->
                chain.filter(exchange)
                        .contextWrite(ReactiveSecurityContextHolder.withAuthentication(
                                LoggedIn.by(How.PASSWORD, accepted.account(), exchange.getRequest())
                                        .authentication()));
            case Outcome.Refused refused -> challenge(exchange);
            case Outcome.Later later -> {
                later(exchange.getResponse(), later.after());
                yield exchange.getResponse().setComplete();
            }
        };
    }

    private static Mono<Void> challenge(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatus.UNAUTHORIZED);
        if (!isOfAScript(exchange.getRequest())) {
            response.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
        }
        return response.setComplete();
    }

    /** Whether a page's script made the request: the browser should not ask for a password itself then. */
    private static boolean isOfAScript(ServerHttpRequest request) {
        String mode = request.getHeaders().getFirst("Sec-Fetch-Mode");
        return (mode != null && !mode.toLowerCase(Locale.ROOT).equals("navigate"))
                || "XMLHttpRequest".equals(request.getHeaders().getFirst("X-Requested-With"));
    }

    static void later(ServerHttpResponse response, Duration after) {
        response.setStatusCode(HttpStatus.TOO_MANY_REQUESTS);
        response.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(after.toSeconds() + 1));
    }
}

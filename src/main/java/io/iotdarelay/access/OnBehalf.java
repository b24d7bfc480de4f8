package io.iotdarelay.access;

import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** With what another instance is asked for a user: the user's own credentials, or for a browser's session an assertion. */
public final class OnBehalf {

    private final Assertions assertions;

    OnBehalf(Assertions assertions) {
        this.assertions = assertions;
    }

    /**
     * The header {@code Authorization} of one request to another instance; nothing for who did not log in, and for what another
     * instance asks.
     *
     * @param exchange what the user asks
     * @param body what the other instance is sent
     */
    public Mono<String> authorization(ServerWebExchange exchange, String method, String pathAndQuery, byte[] body) {
        return ReactiveSecurityContextHolder.getContext()
                .mapNotNull(SecurityContext::getAuthentication)
                .mapNotNull(Authentication::getDetails)
                .ofType(LoggedIn.class)
                .flatMap(user -> switch (user.how()) {
                    case PASSWORD, TOKEN ->
                        Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION));
                    case SESSION ->
                        Mono.justOrEmpty(assertions.make(
                                user.name(), user.role(), new Assertions.Request(method, pathAndQuery), body));
                    case INSTANCE -> Mono.empty();
                });
    }
}

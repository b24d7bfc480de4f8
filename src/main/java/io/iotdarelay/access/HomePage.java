package io.iotdarelay.access;

import java.nio.charset.StandardCharsets;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** What a browser shows at the root: where to go from here. */
final class HomePage implements WebFilter, Ordered {

    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

    private final String page = SessionLogin.text("home.html");

    /** After Spring Security's filters: only who is logged in comes here. */
    @Override
    public int getOrder() {
        return 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        boolean wanted = Methods.isRetrieving(exchange.getRequest())
                && Paths.of(exchange.getRequest()).equals(Paths.HOME);
        return wanted ? SessionLogin.answer(exchange, HttpStatus.OK, HTML, page) : chain.filter(exchange);
    }
}

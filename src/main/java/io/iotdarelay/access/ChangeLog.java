package io.iotdarelay.access;

import io.iotdarelay.metrics.AccessMeters;
import java.security.Principal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** Logs and counts what users change over HTTP, and what they were not permitted to: who, from where, and what came of it. */
final class ChangeLog implements WebFilter, Ordered {

    private static final Logger log = LoggerFactory.getLogger(ChangeLog.class);

    private final AccessMeters meters;

    ChangeLog(AccessMeters meters) {
        this.meters = meters;
    }

    /** After Spring Security's filters: only what was permitted comes here. */
    @Override
    public int getOrder() {
        return 0;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (Methods.isReading(exchange.getRequest())) {
            return chain.filter(exchange);
        }
        return exchange.getPrincipal()
                .map(Principal::getName)
                .defaultIfEmpty("nobody")
                .flatMap(user -> chain.filter(exchange).doFinally(end -> made(exchange, user, end)));
    }

    /** Where the client has gone meanwhile, the change may have been made or not. */
    private void made(ServerWebExchange exchange, String user, SignalType end) {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        if (end != SignalType.ON_COMPLETE || status == null) {
            meters.changed();
            record(exchange, user, "unknown", "A user may have changed something over HTTP");
            return;
        }
        if (status.is2xxSuccessful()) {
            meters.changed();
            record(exchange, user, code(status), "A user changed something over HTTP");
        } else {
            record(exchange, user, code(status), "A user's change over HTTP failed");
        }
    }

    private static String code(HttpStatusCode status) {
        return Integer.toString(status.value());
    }

    /** Somebody who may only look. */
    void refused(ServerWebExchange exchange, String user) {
        meters.changeRefused();
        record(exchange, user, "403", "A user may not change anything");
    }

    private static void record(ServerWebExchange exchange, String user, String status, String what) {
        log.atInfo()
                .addKeyValue("user", user)
                .addKeyValue("address", Clients.address(exchange).getHostAddress())
                .addKeyValue("method", exchange.getRequest().getMethod())
                .addKeyValue("path", exchange.getRequest().getURI().getRawPath())
                .addKeyValue("status", status)
                .log(what);
    }
}

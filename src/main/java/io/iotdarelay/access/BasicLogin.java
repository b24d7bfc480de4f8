package io.iotdarelay.access;

import io.iotdarelay.access.Logins.Outcome;
import io.iotdarelay.metrics.AccessMeters;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.security.web.server.authentication.ServerHttpBasicAuthenticationConverter;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * HTTP Basic. Passwords are checked on one thread, before which few attempts may wait. No bean of Spring's filter type, for it would be
 * called outside of the security chain too.
 */
final class BasicLogin implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BasicLogin.class);
    private static final int MOST_WAITING = 32;
    private static final String THREAD = "relay-login";
    private static final int THREAD_LIVES_SECONDS = 60;
    private static final String CHALLENGE = "Basic realm=\"iotda-relay\", charset=\"UTF-8\"";

    private final ServerHttpBasicAuthenticationConverter basic = new ServerHttpBasicAuthenticationConverter();
    private final Scheduler thread = Schedulers.newBoundedElastic(1, MOST_WAITING, THREAD, THREAD_LIVES_SECONDS, true);
    private final Logins logins;
    private final AccessMeters meters;

    BasicLogin(Logins logins, AccessMeters meters) {
        this.logins = logins;
        this.meters = meters;
    }

    /** For requests without credentials. */
    static ServerAuthenticationEntryPoint challenge() {
        return (exchange, failure) -> challenge(exchange.getResponse());
    }

    /** A request without credentials goes on; what it may see is decided elsewhere. */
    Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        InetAddress address = Clients.address(exchange);
        return basic.convert(exchange)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(given -> given.map(credentials ->
                                attempt(credentials, address).flatMap(outcome -> settle(outcome, exchange, chain)))
                        .orElseGet(() -> chain.filter(exchange)));
    }

    /** Passwords that are known and clients that have to wait do not queue behind those that guess. */
    private Mono<Outcome> attempt(Authentication given, InetAddress address) {
        String user = given.getName();
        String password = String.valueOf(given.getCredentials());
        return Mono.fromSupplier(() -> logins.known(address, user, password))
                .flatMap(known -> known.map(Mono::just)
                        .orElseGet(() -> Mono.fromCallable(
                                        () -> noted(logins.attempt(address, user, password), address, user))
                                .subscribeOn(thread)
                                .onErrorReturn(
                                        RejectedExecutionException.class, new Outcome.Later(Duration.ofSeconds(1)))));
    }

    /** Also if the client does not wait for the answer. */
    private Outcome noted(Outcome outcome, InetAddress address, String user) {
        if (outcome instanceof Outcome.Refused refused) {
            meters.loginRefused();
            // An unknown name may be a password that was typed into the wrong field.
            log.atWarn()
                    .addKeyValue("user", refused.known() ? user : "unknown")
                    .addKeyValue("address", address.getHostAddress())
                    .log("A login failed");
        }
        return outcome;
    }

    private Mono<Void> settle(Outcome outcome, ServerWebExchange exchange, WebFilterChain chain) {
        return switch (outcome) {
            case Outcome.Accepted accepted ->
                chain.filter(exchange)
                        .contextWrite(
                                ReactiveSecurityContextHolder.withAuthentication(authentication(accepted.account())));
            case Outcome.Refused refused -> challenge(exchange.getResponse());
            case Outcome.Later later -> {
                meters.loginThrottled();
                yield later(exchange.getResponse(), later.after());
            }
        };
    }

    private static Authentication authentication(Account account) {
        return UsernamePasswordAuthenticationToken.authenticated(
                account.name(),
                null,
                List.of(new SimpleGrantedAuthority("ROLE_" + account.role().name())));
    }

    private static Mono<Void> challenge(ServerHttpResponse response) {
        response.setStatusCode(HttpStatus.UNAUTHORIZED);
        response.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
        return response.setComplete();
    }

    private static Mono<Void> later(ServerHttpResponse response, Duration after) {
        response.setStatusCode(HttpStatus.TOO_MANY_REQUESTS);
        response.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(after.toSeconds() + 1));
        return response.setComplete();
    }

    @Override
    public void close() {
        thread.dispose();
    }
}

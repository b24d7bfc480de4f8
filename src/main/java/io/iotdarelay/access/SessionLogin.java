package io.iotdarelay.access;

import io.iotdarelay.access.LoggedIn.How;
import io.iotdarelay.access.Logins.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The login of browsers: a form, and a session that a cookie names. A filter inside of the security chain, not a handler, so that it
 * is there at a separate management port, too. {@link RequestRules} have refused what another site sent.
 */
final class SessionLogin {

    private static final Logger log = LoggerFactory.getLogger(SessionLogin.class);

    /** A browser takes a cookie of that name by TLS only, for the whole host only, and from nobody else. */
    static final String COOKIE_BY_TLS = "__Host-iotda-relay";

    static final String COOKIE = "iotda-relay";

    /** Relative, because a proxy may have put something in front of the path. */
    private static final String TO_LOGIN = "login";

    private static final String TO_HOME = "./";

    private static final String MESSAGE = "{message}";
    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);
    private static final MediaType CSS = new MediaType("text", "css", StandardCharsets.UTF_8);

    private final PasswordChecks checks;
    private final Sessions sessions;
    private final String loginPage = text("login.html");
    private final String style = text("login.css");

    SessionLogin(PasswordChecks checks, Sessions sessions) {
        this.checks = checks;
        this.sessions = sessions;
    }

    /** A request without a session goes on; what it may see is decided elsewhere. */
    Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        boolean retrieving = Methods.isRetrieving(request);
        String path = Paths.of(request);
        if (Paths.isForm(request)) {
            return path.equals(Paths.LOGIN) ? logIn(exchange) : logOut(exchange);
        }
        if (retrieving && path.equals(Paths.LOGIN)) {
            return answer(exchange, HttpStatus.OK, HTML, loginPage.replace(MESSAGE, ""));
        }
        if (retrieving && path.equals(Paths.STYLE)) {
            return answer(exchange, HttpStatus.OK, CSS, style);
        }
        if (request.getHeaders().containsHeader(HttpHeaders.AUTHORIZATION)) {
            return chain.filter(exchange);
        }
        Optional<Session> session = cookie(request).flatMap(sessions::use);
        if (session.isPresent()) {
            return chain.filter(exchange)
                    .contextWrite(ReactiveSecurityContextHolder.withAuthentication(
                            LoggedIn.by(How.SESSION, session.get().account(), request)
                                    .authentication()));
        }
        if (retrieving && path.equals(Paths.HOME) && showsPages(request)) {
            return redirect(exchange, TO_LOGIN);
        }
        return chain.filter(exchange);
    }

    private Mono<Void> logIn(ServerWebExchange exchange) {
        return exchange.getFormData()
                .flatMap(form ->
                        checks.attempt(Clients.address(exchange), field(form, "username"), field(form, "password")))
                .flatMap(outcome -> settle(outcome, exchange))
                .onErrorResume(SessionLogin::isGarbled, garbled -> refuse(exchange, HttpStatus.BAD_REQUEST))
                .onErrorResume(DataBufferLimitException.class, large -> refuse(exchange, HttpStatus.CONTENT_TOO_LARGE));
    }

    private static Mono<Void> refuse(ServerWebExchange exchange, HttpStatus status) {
        exchange.getResponse().setStatusCode(status);
        return exchange.getResponse().setComplete();
    }

    private static boolean isGarbled(Throwable failure) {
        return failure instanceof IllegalArgumentException || failure instanceof DecodingException;
    }

    private Mono<Void> settle(Outcome outcome, ServerWebExchange exchange) {
        return switch (outcome) {
            case Outcome.Accepted accepted -> {
                cookie(exchange.getRequest()).ifPresent(sessions::end);
                Session session = sessions.begin(accepted.account());
                setCookie(exchange, session.id(), null);
                note(exchange, session, "A user logged in");
                yield redirect(exchange, TO_HOME);
            }
            case Outcome.Refused refused ->
                answer(exchange, HttpStatus.UNAUTHORIZED, HTML, said("The name or the password is wrong."));
            case Outcome.Later later -> {
                BasicLogin.later(exchange.getResponse(), later.after());
                long seconds = later.after().toSeconds() + 1;
                yield answer(
                        exchange,
                        HttpStatus.TOO_MANY_REQUESTS,
                        HTML,
                        said("Too many attempts. Try again in " + seconds + " s."));
            }
        };
    }

    private Mono<Void> logOut(ServerWebExchange exchange) {
        cookie(exchange.getRequest()).flatMap(sessions::use).ifPresent(session -> {
            sessions.end(session.id());
            note(exchange, session, "A user logged out");
        });
        setCookie(exchange, "", Duration.ZERO);
        return redirect(exchange, TO_LOGIN);
    }

    private String said(String message) {
        return loginPage.replace(MESSAGE, "<p role=\"alert\">" + message + "</p>");
    }

    private static void note(ServerWebExchange exchange, Session session, String what) {
        log.atInfo()
                .addKeyValue("user", session.account().name())
                .addKeyValue("address", Clients.address(exchange).getHostAddress())
                .log(what);
    }

    private static String field(MultiValueMap<String, String> form, String name) {
        String value = form.getFirst(name);
        return value == null ? "" : value;
    }

    private static Optional<String> cookie(ServerHttpRequest request) {
        return Optional.ofNullable(request.getCookies().getFirst(cookieName(request)))
                .map(HttpCookie::getValue);
    }

    private static String cookieName(ServerHttpRequest request) {
        return LoggedIn.isByTls(request) ? COOKIE_BY_TLS : COOKIE;
    }

    /** Without an age, the browser forgets it when it is closed. */
    private static void setCookie(ServerWebExchange exchange, String value, @Nullable Duration age) {
        ResponseCookie.ResponseCookieBuilder cookie = ResponseCookie.from(cookieName(exchange.getRequest()), value)
                .path("/")
                .httpOnly(true)
                .secure(LoggedIn.isByTls(exchange.getRequest()))
                .sameSite("Strict");
        exchange.getResponse().addCookie((age == null ? cookie : cookie.maxAge(age)).build());
    }

    private static boolean showsPages(ServerHttpRequest request) {
        try {
            return request.getHeaders().getAccept().stream().anyMatch(MediaType.TEXT_HTML::equalsTypeAndSubtype);
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private static Mono<Void> redirect(ServerWebExchange exchange, String path) {
        exchange.getResponse().setStatusCode(HttpStatus.SEE_OTHER);
        exchange.getResponse().getHeaders().setLocation(URI.create(path));
        return exchange.getResponse().setComplete();
    }

    static Mono<Void> answer(ServerWebExchange exchange, HttpStatus status, MediaType type, String text) {
        ServerHttpResponse response = exchange.getResponse();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.setStatusCode(status);
        response.getHeaders().setContentType(type);
        response.getHeaders().setContentLength(bytes.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(bytes)));
    }

    static String text(String file) {
        try {
            return new ClassPathResource("access/" + file).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

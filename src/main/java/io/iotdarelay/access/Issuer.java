package io.iotdarelay.access;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.iotdarelay.egress.HttpsConnections;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/** Asks an OpenID provider for its keys, over HTTPS, within bounds of time and size, on a thread of its own. */
final class Issuer implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration AT_MOST = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_ANSWER = 256 * 1024;
    private static final String DISCOVERY = "/.well-known/openid-configuration";

    private final LoopResources thread = LoopResources.create("relay-oidc", 1, true);
    private final Scheduler loop = Schedulers.fromExecutorService(
            thread.onClient(LoopResources.DEFAULT_NATIVE).next());
    private final HttpsConnections connections;
    private final String name;
    private final Optional<String> jwkSetUri;

    /** The answer is not what an issuer answers. */
    static final class AnswerException extends Exception {

        private static final long serialVersionUID = 1;

        AnswerException(String message) {
            super(message, null, false, false);
        }
    }

    /** Connects nothing yet. */
    Issuer(OidcProperties properties, @Nullable SslBundle bundle) {
        name = Objects.requireNonNull(properties.issuerUri()).toString();
        jwkSetUri = Optional.ofNullable(properties.jwkSetUri()).map(URI::toString);
        connections = new HttpsConnections(
                new HttpsConnections.Settings("oidc", 2, Optional.empty(), CONNECT_TIMEOUT, AT_MOST),
                thread,
                UnaryOperator.identity(),
                bundle);
    }

    /** Where answers arrive. */
    Scheduler loop() {
        return loop;
    }

    /** Replaces trust from the next request on. */
    void use(SslBundle renewed) {
        connections.use(renewed);
    }

    /** Asks now, whoever else does. Fails if there is no usable answer. */
    Mono<JWKSet> keys() {
        return Mono.defer(() -> jwkSetUri.map(Mono::just).orElseGet(this::discovered))
                .flatMap(this::get)
                .flatMap(body -> parsed(() -> JWKSet.parse(body)))
                .timeout(AT_MOST, loop)
                .publishOn(loop);
    }

    private Mono<String> discovered() {
        String base = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        return get(base + DISCOVERY)
                .flatMap(body -> parsed(() -> JSONObjectUtils.parse(body)))
                .flatMap(this::jwkSetUri);
    }

    private Mono<String> jwkSetUri(Map<String, Object> metadata) {
        if (!name.equals(metadata.get("issuer"))) {
            return Mono.error(
                    new AnswerException("it says that it is another issuer than relay.access.oidc.issuer-uri"));
        }
        return metadata.get("jwks_uri") instanceof String uri && isHttps(uri)
                ? Mono.just(uri)
                : Mono.error(new AnswerException("it names no jwks_uri with https"));
    }

    private static boolean isHttps(String uri) {
        try {
            return OidcProperties.isHttps(URI.create(uri));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Mono<String> get(String uri) {
        return connections
                .client()
                .headers(headers -> headers.set(HttpHeaderNames.ACCEPT, "application/json"))
                .get()
                .uri(uri)
                .response((response, content) -> response.status().code() == 200
                        ? HttpsConnections.body(content, MAX_ANSWER)
                                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        : Mono.error(new AnswerException(
                                "it answers " + response.status().code())))
                .single();
    }

    /** What does the parsing. */
    @FunctionalInterface
    private interface Parsing<T> {
        T parse() throws ParseException;
    }

    private static <T> Mono<T> parsed(Parsing<T> parsing) {
        try {
            return Mono.just(parsing.parse());
        } catch (ParseException e) {
            return Mono.error(new AnswerException("its answer cannot be parsed"));
        }
    }

    @Override
    public void close() {
        connections.close();
        thread.disposeLater(Duration.ZERO, CLOSE_TIMEOUT).block(CLOSE_TIMEOUT);
    }
}

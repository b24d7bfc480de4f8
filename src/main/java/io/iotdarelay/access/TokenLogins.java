package io.iotdarelay.access;

import io.iotdarelay.metrics.AccessMeters;
import java.time.Clock;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** The login with tokens where an issuer is configured, with what it needs; nothing otherwise. */
final class TokenLogins implements AutoCloseable {

    private record Configured(Issuer issuer, TokenLogin login) {}

    private final Optional<Configured> configured;

    /** Connects nothing yet. */
    TokenLogins(
            @Nullable OidcProperties properties,
            SslBundles bundles,
            Clock time,
            LongSupplier nanoTime,
            AccessMeters meters) {
        configured = Optional.ofNullable(properties).map(given -> {
            String bundle = given.sslBundle();
            Issuer issuer = new Issuer(given, bundle == null ? null : bundles.getBundle(bundle));
            if (bundle != null) {
                bundles.addBundleUpdateHandler(bundle, issuer::use);
            }
            IssuerKeys keys = new IssuerKeys(issuer::keys, issuer.loop(), nanoTime);
            return new Configured(issuer, new TokenLogin(given, keys, time, nanoTime, meters));
        });
    }

    Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return configured
                .map(present -> present.login().filter(exchange, chain))
                .orElseGet(() -> chain.filter(exchange));
    }

    @Override
    public void close() {
        configured.ifPresent(present -> present.issuer().close());
    }
}

package io.iotdarelay.access;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSecurityContextJWKSet;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import io.iotdarelay.access.LoggedIn.How;
import io.iotdarelay.metrics.AccessMeters;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The login with a token of an OpenID provider. What is wrong with a token is logged, never the token. */
final class TokenLogin {

    private static final Logger log = LoggerFactory.getLogger(TokenLogin.class);
    private static final String SCHEME = "bearer ";
    /** Those with a public key; others would let anybody who knows it sign. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    /** Users may choose their names: nothing in the log should be taken for more than a name. */
    private static final String UNPRINTABLE = "[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}\"]";

    private static final int LONGEST_NAME = 128;
    private static final String FAULT = "fault";

    private final OidcProperties properties;
    private final NimbusReactiveJwtDecoder decoder;
    private final RefusedLogins refusals;

    TokenLogin(OidcProperties properties, IssuerKeys keys, Clock time, LongSupplier nanoTime, AccessMeters meters) {
        this.properties = properties;
        this.refusals = new RefusedLogins(log, "A token was refused", nanoTime, meters);
        this.decoder = NimbusReactiveJwtDecoder.withJwkSource(
                        token -> keys.forKey(token.getHeader().getKeyID()).flatMapMany(Flux::fromIterable))
                .validateType(false)
                .jwtProcessorCustomizer(processor -> processor.setJWSKeySelector(
                        new JWSVerificationKeySelector<>(ALGORITHMS, new JWKSecurityContextJWKSet())))
                .build();
        decoder.setJwtValidator(validator(properties, time));
    }

    private static OAuth2TokenValidator<Jwt> validator(OidcProperties properties, Clock time) {
        JwtTimestampValidator times = new JwtTimestampValidator();
        times.setClock(time);
        times.setAllowEmptyExpiryClaim(false);
        JwtTypeValidator types = new JwtTypeValidator("JWT", "at+jwt", "application/at+jwt");
        types.setAllowEmpty(true);
        String issuer = String.valueOf(properties.issuerUri());
        return new DelegatingOAuth2TokenValidator<>(
                named("it has expired, is not valid yet, or never expires", times),
                named("it is of another type", types),
                named(
                        "it is of another issuer",
                        token -> result(issuer.equals(token.getClaims().get("iss")))),
                named("it is for another audience", token -> result(isFor(token, properties.audience()))));
    }

    private static boolean isFor(Jwt token, @Nullable String audience) {
        List<String> audiences = token.getAudience();
        return audiences != null && audiences.contains(audience);
    }

    private static OAuth2TokenValidatorResult result(boolean good) {
        return good ? OAuth2TokenValidatorResult.success() : OAuth2TokenValidatorResult.failure(new OAuth2Error(FAULT));
    }

    /** The same with words of our own: those of libraries may quote the token. */
    private static OAuth2TokenValidator<Jwt> named(String fault, OAuth2TokenValidator<Jwt> validator) {
        return token -> validator.validate(token).hasErrors()
                ? OAuth2TokenValidatorResult.failure(new OAuth2Error(FAULT, fault, null))
                : OAuth2TokenValidatorResult.success();
    }

    /** What becomes of a token. */
    private sealed interface Outcome {

        record Accepted(String user, Role role) implements Outcome {}

        record Refused(String why) implements Outcome {}

        record Powerless() implements Outcome {}

        record Unknown() implements Outcome {}
    }

    /** A request without a token goes on; what it may see is decided elsewhere. */
    Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String authorization = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return chain.filter(exchange);
        }
        String token = authorization.substring(SCHEME.length()).strip();
        return Mono.defer(() -> decoder.decode(token))
                .map(this::outcome)
                .onErrorResume(failure -> Mono.just(outcome(failure)))
                .flatMap(outcome -> settle(outcome, exchange, chain));
    }

    private Outcome outcome(Jwt token) {
        Optional<String> user = text(token.getClaims().get(properties.nameClaim()))
                .or(() -> text(token.getClaims().get("sub")));
        if (user.isEmpty()) {
            return new Outcome.Refused("it names no user");
        }
        List<String> roles = roles(token.getClaims());
        if (roles.stream().anyMatch(properties.operatorRoles()::contains)) {
            return new Outcome.Accepted(user.get(), Role.OPERATOR);
        }
        if (roles.stream().anyMatch(properties.viewerRoles()::contains)) {
            return new Outcome.Accepted(user.get(), Role.VIEWER);
        }
        return new Outcome.Powerless();
    }

    private static Outcome outcome(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IssuerKeys.UnavailableException) {
                return new Outcome.Unknown();
            }
        }
        if (failure instanceof JwtValidationException invalid) {
            return new Outcome.Refused(invalid.getErrors().stream()
                    .map(OAuth2Error::getDescription)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse("it is not valid"));
        }
        if (failure instanceof JwtException) {
            return new Outcome.Refused("it is malformed, or not signed with a key of the issuer");
        }
        return new Outcome.Refused("it cannot be checked: " + failure.getClass().getSimpleName());
    }

    private static Optional<String> text(@Nullable Object claim) {
        return claim instanceof String text && !text.isBlank()
                ? Optional.of(text.length() > LONGEST_NAME ? text.substring(0, LONGEST_NAME) : text)
                        .map(name -> name.replaceAll(UNPRINTABLE, "?"))
                : Optional.empty();
    }

    /** A claim of that very name counts before a path. */
    private List<String> roles(Map<String, Object> claims) {
        Object found = claims.get(properties.rolesClaim());
        if (found == null) {
            found = claims;
            for (String step : properties.rolesClaim().split("\\.", -1)) {
                found = found instanceof Map<?, ?> map ? map.get(step) : null;
            }
        }
        if (found instanceof String text) {
            return Stream.of(text.split(" ", -1)).toList();
        }
        return found instanceof Collection<?> list
                ? list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }

    private Mono<Void> settle(Outcome outcome, ServerWebExchange exchange, WebFilterChain chain) {
        return switch (outcome) {
            case Outcome.Accepted accepted ->
                chain.filter(exchange)
                        .contextWrite(ReactiveSecurityContextHolder.withAuthentication(new LoggedIn(
                                        accepted.user(),
                                        accepted.role(),
                                        How.TOKEN,
                                        LoggedIn.isByTls(exchange.getRequest()))
                                .authentication()));
            case Outcome.Refused refused -> {
                refusals.add(exchange, refused.why());
                exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
                yield answer(exchange, HttpStatus.UNAUTHORIZED);
            }
            case Outcome.Powerless ignored -> {
                refusals.add(exchange, "it has none of the roles of relay.access.oidc");
                yield answer(exchange, HttpStatus.FORBIDDEN);
            }
            case Outcome.Unknown ignored -> {
                exchange.getResponse()
                        .getHeaders()
                        .set(HttpHeaders.RETRY_AFTER, Long.toString(IssuerKeys.PAUSE.toSeconds()));
                yield answer(exchange, HttpStatus.SERVICE_UNAVAILABLE);
            }
        };
    }

    private static Mono<Void> answer(ServerWebExchange exchange, HttpStatus status) {
        exchange.getResponse().setStatusCode(status);
        return exchange.getResponse().setComplete();
    }
}

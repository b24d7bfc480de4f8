package io.iotdarelay.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** An OpenID provider, as far as those need it who check its tokens. By TLS. */
public final class LocalIssuer implements AutoCloseable {

    public static final String AUDIENCE = "iotda-relay";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final DisposableServer server;
    private volatile RSAKey key = newKey("first");
    private volatile boolean silent;

    private LocalIssuer(Authority authority) {
        X509Bundle certificate = authority.issue();
        try {
            var tls = SslContextBuilder.forServer(
                            certificate.getKeyPair().getPrivate(), certificate.getCertificatePath())
                    .build();
            this.server = HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .secure(spec -> spec.sslContext(tls))
                    .handle(this::handle)
                    .bindNow(PATIENCE);
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static LocalIssuer start(Authority authority) {
        return new LocalIssuer(authority);
    }

    /** A key that it may know or not. */
    public static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).keyUse(KeyUse.SIGNATURE).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public String url() {
        return "https://localhost:" + server.port() + "/realms/test";
    }

    public RSAKey key() {
        return key;
    }

    /** From now on it signs with another key. */
    public void rotate(String id) {
        key = newKey(id);
    }

    /** From now on it does not answer, or does again. */
    public void silent(boolean toBe) {
        silent = toBe;
    }

    /** The paths that it was asked for, in order. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    /** A good token, but for what is changed in it. */
    public String token(UnaryOperator<JWTClaimsSet.Builder> changes) {
        return token(key, "at+jwt", changes);
    }

    /** The same, signed with another key. */
    public String token(RSAKey signing, String type, UnaryOperator<JWTClaimsSet.Builder> changes) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(signing.getKeyID())
                            .type(new JOSEObjectType(type))
                            .build(),
                    claims(changes));
            token.sign(new RSASSASigner(signing));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a good token says, but for the changes. */
    public JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> changes) {
        return changes.apply(new JWTClaimsSet.Builder()
                        .issuer(url())
                        .audience(List.of("another", AUDIENCE))
                        .subject("0815")
                        .claim("preferred_username", "jane")
                        .issueTime(Date.from(Instant.now()))
                        .expirationTime(Date.from(Instant.now().plusSeconds(300))))
                .build();
    }

    private Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        asked.add(request.uri());
        if (silent) {
            return Mono.never();
        }
        return switch (request.uri()) {
            case "/realms/test/.well-known/openid-configuration" ->
                send(response, "{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\"}");
            case "/realms/test/keys" -> send(response, new JWKSet(key.toPublicJWK()).toString());
            default -> response.sendNotFound();
        };
    }

    private static Mono<Void> send(HttpServerResponse response, String body) {
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just(body))
                .then();
    }

    @Override
    public void close() {
        server.disposeNow(PATIENCE);
    }
}

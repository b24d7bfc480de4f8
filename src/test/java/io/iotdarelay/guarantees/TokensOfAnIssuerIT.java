package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Authority;
import io.iotdarelay.testing.LocalIssuer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Who has a token of the configured issuer gets in, as far as its roles go; and nobody else with a token. */
@ExtendWith(OutputCaptureExtension.class)
class TokensOfAnIssuerIT {

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Authority authority = Authority.create();

    @Test
    void rolesOfTheTokenDecide(CapturedOutput output) throws Exception {
        try (Scene scene = Scene.of("tokens-of-users", 1);
                LocalIssuer issuer = LocalIssuer.start(authority)) {
            // Given
            String relay = start(scene, issuer);
            String operator = issuer.token(TokensOfAnIssuerIT::operator);
            String viewer = issuer.token(TokensOfAnIssuerIT::viewer);
            String nobody = issuer.token(claims -> claims);

            // Then
            assertThat(issuer.asked()).isEmpty();
            assertThat(get(relay, operator, "/whoami").body())
                    .isEqualTo("{\"name\":\"jane\",\"role\":\"operator\",\"login\":\"token\",\"tls\":false}");
            assertThat(get(relay, issuer.token(claims -> viewer(claims).claim("preferred_username", null)), "/whoami")
                            .body())
                    .contains("\"name\":\"0815\",\"role\":\"viewer\"");
            assertThat(change(relay, operator)).isEqualTo(200);
            String forged = issuer.token(
                    claims -> operator(claims).claim("preferred_username", "jim\" address=\"192.0.2.1\"\n"));
            assertThat(change(relay, forged)).isEqualTo(200);
            assertThat(output.getAll()).contains("user=\"jim? address=?192.0.2.1??\"");
            assertThat(get(relay, viewer, "/routes").statusCode()).isEqualTo(200);
            assertThat(change(relay, viewer)).isEqualTo(403);
            assertThat(get(relay, nobody, "/routes").statusCode()).isEqualTo(403);
            assertThat(issuer.asked()).hasSize(2);
            for (String token : List.of(operator, viewer, nobody)) {
                assertThat(output.getAll()).doesNotContain(token).doesNotContain(token.substring(token.length() - 40));
            }
            assertThat(output.getAll())
                    .containsPattern("A token was refused.*reason=\"it has none of the roles")
                    .containsPattern("A user changed something over HTTP.*user=\"jane\"");
        }
    }

    @Test
    void nothingElseIsAToken(CapturedOutput output) throws Exception {
        try (Scene scene = Scene.of("bad-tokens", 1);
                LocalIssuer issuer = LocalIssuer.start(authority);
                LocalIssuer other = LocalIssuer.start(authority)) {
            // Given
            String relay = start(scene, issuer);
            String good = issuer.token(TokensOfAnIssuerIT::operator);
            RSAKey sameId = LocalIssuer.newKey(issuer.key().getKeyID());
            Map<String, String> bad = new LinkedHashMap<>();
            bad.put("another issuer", issuer.token(claims -> operator(claims).issuer(other.url())));
            bad.put(
                    "signed by another issuer",
                    other.token(claims -> operator(claims).issuer(issuer.url())));
            bad.put("no issuer", issuer.token(claims -> operator(claims).issuer(null)));
            bad.put("another audience", issuer.token(claims -> operator(claims).audience("another")));
            bad.put("no audience", issuer.token(claims -> operator(claims).audience((String) null)));
            bad.put("expired", issuer.token(claims -> operator(claims).expirationTime(from(-120))));
            bad.put("never expires", issuer.token(claims -> operator(claims).expirationTime(null)));
            bad.put("not valid yet", issuer.token(claims -> operator(claims).notBeforeTime(from(120))));
            bad.put("another type", issuer.token(issuer.key(), "logout+jwt", TokensOfAnIssuerIT::operator));
            bad.put("another key of that ID", issuer.token(sameId, "JWT", TokensOfAnIssuerIT::operator));
            bad.put("unknown key", issuer.token(LocalIssuer.newKey("unheard-of"), "JWT", TokensOfAnIssuerIT::operator));
            bad.put("no signature", new PlainJWT(issuer.claims(TokensOfAnIssuerIT::operator)).serialize());
            bad.put("its signature is missing", good.substring(0, good.lastIndexOf('.') + 1));
            bad.put(
                    "the public key as a password",
                    withPassword(issuer, issuer.key().toRSAPublicKey().getEncoded()));
            bad.put(
                    "the public key's text as a password",
                    withPassword(
                            issuer, issuer.key().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
            bad.put("changed", good.substring(0, good.length() - 6) + "AAAAAA");
            bad.put("garbage", "a.b.c");
            bad.put("nothing like it", "x");
            bad.put("long", "x".repeat(4000));

            // Then
            bad.forEach((what, token) -> {
                HttpResponse<String> answer = get(relay, token, "/routes");
                assertThat(answer.statusCode()).as(what).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate"))
                        .as(what)
                        .hasValue("Bearer error=\"invalid_token\"");
                assertThat(answer.body()).as(what).isEmpty();
                assertThat(output.getAll())
                        .as(what)
                        .doesNotContain("\"" + token)
                        .doesNotContain(token + "\"");
            });
            assertThat(get(relay, "", "/routes").statusCode()).isEqualTo(401);
            assertThat(get(relay, good, "/routes").statusCode()).isEqualTo(200);
            // However many tokens name keys that do not exist, the issuer is asked now and then.
            assertThat(issuer.asked()).hasSizeLessThanOrEqualTo(4);
            assertThat(output.getAll())
                    .containsPattern("A token was refused.*reason=\"it is of another issuer\"")
                    .containsPattern("A token was refused.*reason=\"it is for another audience\"");
        }
    }

    @Test
    void anIssuerThatIsAwayHoldsUpNothingElse(CapturedOutput output) throws Exception {
        try (Scene scene = Scene.of("issuer-away", 1);
                LocalIssuer issuer = LocalIssuer.start(authority)) {
            // Given
            issuer.silent(true);
            String relay = start(scene, issuer);
            Actuator operator = Actuator.at(URI.create(relay).getPort()).asOperator();

            // When
            Instant before = Instant.now();
            HttpResponse<String> unknown = get(relay, issuer.token(TokensOfAnIssuerIT::operator), "/routes");

            // Then
            assertThat(unknown.statusCode()).isEqualTo(503);
            assertThat(unknown.headers().firstValue("Retry-After")).hasValue("10");
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(8));
            assertThat(get(relay, issuer.token(TokensOfAnIssuerIT::operator), "/routes")
                            .statusCode())
                    .isEqualTo(503);
            assertThat(issuer.asked()).hasSize(1);
            assertThat(operator.get("/routes").statusCode()).isEqualTo(200);
            assertThat(output.getAll()).contains("The issuer of tokens does not tell its keys");

            // When
            issuer.silent(false);

            // Then
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> get(relay, issuer.token(TokensOfAnIssuerIT::operator), "/routes")
                                    .statusCode()
                            == 200);
            issuer.silent(true);
            assertThat(get(relay, issuer.token(TokensOfAnIssuerIT::operator), "/routes")
                            .statusCode())
                    .isEqualTo(200);
            issuer.silent(false);
            issuer.rotate("second");
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> get(relay, issuer.token(TokensOfAnIssuerIT::operator), "/routes")
                                    .statusCode()
                            == 200);
        }
    }

    private static JWTClaimsSet.Builder operator(JWTClaimsSet.Builder claims) {
        return claims.claim("realm_access", Map.of("roles", List.of("other", "relay-operators")));
    }

    private static JWTClaimsSet.Builder viewer(JWTClaimsSet.Builder claims) {
        return claims.claim("realm_access", Map.of("roles", "relay-viewers other"));
    }

    private String start(Scene scene, LocalIssuer issuer) throws Exception {
        scene.fleet(1);
        Path trust = Files.writeString(scene.relays().directory().resolve("issuer.pem"), authority.pem());
        scene.relays()
                .with(
                        "spring.ssl.bundle.pem.issuer.truststore.certificate",
                        trust.toUri().toString())
                .with("relay.access.oidc.issuer-uri", issuer.url())
                .with("relay.access.oidc.audience", LocalIssuer.AUDIENCE)
                .with("relay.access.oidc.ssl-bundle", "issuer")
                .with("relay.access.oidc.roles-claim", "realm_access.roles")
                .with("relay.access.oidc.viewer-roles", "relay-viewers")
                .with("relay.access.oidc.operator-roles", "relay-operators");
        return "http://localhost:" + Actuator.of(scene.start()).port();
    }

    private static String withPassword(LocalIssuer issuer, byte[] password) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(issuer.key().getKeyID())
                        .build(),
                issuer.claims(TokensOfAnIssuerIT::operator));
        token.sign(new MACSigner(password));
        return token.serialize();
    }

    private static Date from(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    private HttpResponse<String> get(String relay, String token, String path) {
        return send(HttpRequest.newBuilder(URI.create(relay + "/actuator" + path)), token);
    }

    private int change(String relay, String token) {
        return send(
                        HttpRequest.newBuilder(URI.create(relay + "/actuator/routes/properties"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{}")),
                        token)
                .statusCode();
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String token) {
        try {
            return http.send(
                    request.timeout(Duration.ofSeconds(20))
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

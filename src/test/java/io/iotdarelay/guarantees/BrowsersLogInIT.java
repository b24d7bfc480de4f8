package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Authority;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Browsers log in with a form; what they get for it is good for themselves only, and not for pages of others. */
@ExtendWith(OutputCaptureExtension.class)
class BrowsersLogInIT {

    private static final String PASSWORD = "password-of-the-operator";
    private static final String COOKIE = "iotda-relay";
    private static final String COOKIE_BY_TLS = "__Host-iotda-relay";
    private static final String FORM = "application/x-www-form-urlencoded";

    private final HttpClient plain = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    @Test
    void aSessionLastsFromTheLoginToTheLogout(CapturedOutput output) throws Exception {
        try (Scene scene = Scene.of("browser", 1)) {
            // Given
            scene.fleet(1);
            String relay = url(scene.start());

            // Then
            HttpResponse<String> root = get(relay + "/", "Accept", "text/html,*/*;q=0.8");
            assertThat(root.statusCode()).isEqualTo(303);
            assertThat(root.headers().firstValue("Location")).hasValue("login");
            assertThat(get(relay + "/").statusCode()).isEqualTo(401);
            HttpResponse<String> form = get(relay + "/login");
            assertThat(form.statusCode()).isEqualTo(200);
            assertThat(form.body())
                    .contains("action=\"login\"", "href=\"login.css\"")
                    .doesNotContain("<script", "style=", "{message}");
            assertThat(form.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "style-src 'self'", "form-action 'self'")
                    .doesNotContain("unsafe");
            assertThat(get(relay + "/login.css").headers().firstValue("Content-Type"))
                    .hasValue("text/css;charset=UTF-8");

            // When
            HttpResponse<String> login = logIn(relay, "operator", PASSWORD);
            String cookie = cookie(login);

            // Then
            assertThat(login.statusCode()).isEqualTo(303);
            assertThat(login.headers().firstValue("Location")).hasValue("./");
            assertThat(login.headers().allValues("Set-Cookie"))
                    .singleElement()
                    .asString()
                    .matches(COOKIE + "=[A-Za-z0-9_-]{43}; Path=/; HTTPOnly; SameSite=Strict");
            assertThat(get(relay + "/", "Cookie", cookie).body()).contains("desk/desk.js");
            assertThat(get(relay + "/actuator/routes", "Cookie", cookie).statusCode())
                    .isEqualTo(200);
            assertThat(get(relay + "/actuator/whoami", "Cookie", cookie).body())
                    .isEqualTo("{\"name\":\"operator\",\"role\":\"operator\",\"login\":\"session\",\"tls\":false}");
            assertThat(get(relay + "/actuator/whoami", "Authorization", basic("operator", PASSWORD))
                            .body())
                    .isEqualTo("{\"name\":\"operator\",\"role\":\"operator\",\"login\":\"password\",\"tls\":false}");
            assertThat(change(relay, cookie).statusCode()).isEqualTo(200);
            // Basic credentials count where there are any, whatever the cookie.
            assertThat(get(relay + "/actuator/routes", "Cookie", cookie, "Authorization", basic("operator", "not it"))
                            .statusCode())
                    .isEqualTo(401);

            // When
            HttpResponse<String> logout = post(relay + "/logout", FORM, "", "Cookie", cookie);

            // Then
            assertThat(logout.statusCode()).isEqualTo(303);
            assertThat(logout.headers().firstValue("Set-Cookie").orElse("")).contains(COOKIE + "=;", "Max-Age=0");
            assertThat(get(relay + "/actuator/routes", "Cookie", cookie).statusCode())
                    .isEqualTo(401);
            assertThat(change(relay, cookie).statusCode()).isEqualTo(401);
            assertThat(output.getAll())
                    .containsPattern("A user logged in.*user=\"operator\".*address=\"127.0.0.1\"")
                    .contains("A user logged out")
                    .doesNotContain(PASSWORD)
                    .doesNotContain(cookie.substring(cookie.indexOf('=') + 1));
        }
    }

    @Test
    void aLoginHasAnIdOfItsOwn() throws Exception {
        try (Scene scene = Scene.of("fixation", 1)) {
            // Given
            scene.fleet(1);
            String relay = url(scene.start());
            String planted = COOKIE + "=" + "p".repeat(43);

            // When
            String first = cookie(logIn(relay, "operator", PASSWORD, "Cookie", planted));
            String second = cookie(logIn(relay, "operator", PASSWORD, "Cookie", first));

            // Then
            assertThat(List.of(planted, first, second)).doesNotHaveDuplicates();
            assertThat(get(relay + "/actuator/routes", "Cookie", planted).statusCode())
                    .isEqualTo(401);
            assertThat(get(relay + "/actuator/routes", "Cookie", first).statusCode())
                    .isEqualTo(401);
            assertThat(get(relay + "/actuator/routes", "Cookie", second).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aViewerSeesAndChangesNothing() throws Exception {
        try (Scene scene = Scene.of("viewer", 1)) {
            // Given
            scene.fleet(1);
            scene.relays()
                    .with("relay.access.users[0].name", "wächter & co")
                    .with("relay.access.users[0].password", "=%&+ü");
            String relay = url(scene.start());

            // When
            String cookie = cookie(logIn(relay, "wächter & co", "=%&+ü"));

            // Then
            assertThat(get(relay + "/actuator/whoami", "Cookie", cookie).body())
                    .contains("\"name\":\"wächter & co\",\"role\":\"viewer\"");
            assertThat(change(relay, cookie).statusCode()).isEqualTo(403);
            assertThat(post(relay + "/logout", FORM, "", "Cookie", cookie).statusCode())
                    .isEqualTo(303);
        }
    }

    @Test
    void anotherSiteLogsNobodyInOrOut() throws Exception {
        try (Scene scene = Scene.of("foreign-forms", 1)) {
            // Given
            scene.fleet(1);
            String relay = url(scene.start());
            String cookie = cookie(logIn(relay, "operator", PASSWORD));
            String credentials = form("operator", PASSWORD);

            // Then
            for (List<String> header : List.of(
                    List.of("Origin", "https://evil.example"),
                    List.of("Origin", "null"),
                    List.of("Origin", relay + ".evil.example"),
                    List.of("Sec-Fetch-Site", "cross-site"),
                    List.of("Sec-Fetch-Site", "same-site"))) {
                HttpResponse<String> login =
                        post(relay + "/login", FORM, credentials, header.getFirst(), header.getLast());
                assertThat(login.statusCode()).as("login with " + header).isEqualTo(403);
                assertThat(login.headers().allValues("Set-Cookie")).isEmpty();
                assertThat(post(relay + "/logout", FORM, "", "Cookie", cookie, header.getFirst(), header.getLast())
                                .statusCode())
                        .as("logout with " + header)
                        .isEqualTo(403);
                assertThat(post(
                                        relay + "/actuator/routes/properties",
                                        "application/json",
                                        "{}",
                                        "Cookie",
                                        cookie,
                                        header.getFirst(),
                                        header.getLast())
                                .statusCode())
                        .as("change with " + header)
                        .isEqualTo(403);
            }
            for (String type :
                    List.of("text/plain", "application/json", "multipart/form-data; boundary=x", "garbled")) {
                assertThat(post(relay + "/login", type, credentials).statusCode())
                        .as(type)
                        .isEqualTo(415);
            }
            assertThat(post(relay + "/actuator/routes/properties", FORM, "a=b", "Cookie", cookie)
                            .statusCode())
                    .isEqualTo(415);
            assertThat(post(relay + "/login/", FORM, credentials).statusCode()).isEqualTo(415);
            assertThat(get(relay + "/logout", "Cookie", cookie).statusCode()).isEqualTo(404);
            assertThat(get(relay + "/actuator/routes", "Cookie", cookie).statusCode())
                    .isEqualTo(200);
            assertThat(logIn(relay, "operator", PASSWORD, "Origin", relay, "Sec-Fetch-Site", "same-origin")
                            .statusCode())
                    .isEqualTo(303);
        }
    }

    @Test
    void guessingInTheFormIsThrottledLikeAnyOther() throws Exception {
        try (Scene scene = Scene.of("form-guesses", 1)) {
            // Given
            scene.fleet(1);
            String relay = url(scene.start());

            // When
            List<HttpResponse<String>> guesses = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                guesses.add(logIn(relay, "operator", "guess-" + i));
            }

            // Then
            assertThat(guesses).allSatisfy(guess -> {
                assertThat(guess.statusCode()).isIn(401, 429);
                assertThat(guess.headers().firstValue("WWW-Authenticate")).isEmpty();
                assertThat(guess.headers().allValues("Set-Cookie")).isEmpty();
                assertThat(guess.body()).contains("role=\"alert\"").doesNotContain("guess-");
            });
            assertThat(guesses.getFirst().statusCode()).isEqualTo(401);
            assertThat(guesses.getLast().statusCode()).isEqualTo(429);
            assertThat(guesses.getLast()
                            .headers()
                            .firstValueAsLong("Retry-After")
                            .orElse(0))
                    .isBetween(1L, 61L);
            assertThat(get(relay + "/actuator/routes", "Authorization", basic("operator", "another"))
                            .statusCode())
                    .isEqualTo(429);
            for (String body : List.of("", "username=operator", "password=x", "username=%zz&password=%", "&&=&")) {
                assertThat(post(relay + "/login", FORM, body).statusCode())
                        .as("'%s'", body)
                        .isIn(400, 401, 429);
            }
            byte[] large = ("username=" + "x".repeat(70_000)).getBytes(StandardCharsets.US_ASCII);
            for (HttpRequest.BodyPublisher body : List.of(
                    HttpRequest.BodyPublishers.ofByteArray(large),
                    HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))) {
                assertThat(plain.send(
                                        request(relay + "/login", "Content-Type", FORM)
                                                .POST(body)
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(413);
            }
        }
    }

    @Test
    void aScriptOfAPageIsNotAskedForAPasswordByTheBrowser() throws Exception {
        try (Scene scene = Scene.of("popup", 1)) {
            // Given
            scene.fleet(1);
            String relay = url(scene.start());

            // Then
            assertThat(challenge(relay)).isTrue();
            assertThat(challenge(relay, "Sec-Fetch-Mode", "navigate")).isTrue();
            assertThat(challenge(relay, "Sec-Fetch-Mode", "cors")).isFalse();
            assertThat(challenge(relay, "Sec-Fetch-Mode", "same-origin")).isFalse();
            assertThat(challenge(relay, "X-Requested-With", "XMLHttpRequest")).isFalse();
        }
    }

    @Test
    void byTlsTheCookieIsForTlsOnly() throws Exception {
        try (Scene scene = Scene.of("browser-by-tls", 1)) {
            // Given
            scene.fleet(1);
            Authority authority = Authority.create();
            X509Bundle certificate = authority.issue();
            Path folder = scene.relays().directory();
            Files.writeString(folder.resolve("port.crt"), certificate.getCertificatePathPEM());
            Files.writeString(folder.resolve("port.key"), certificate.getPrivateKeyPEM());
            scene.relays()
                    .with("server.ssl.bundle", "port")
                    .with("spring.ssl.bundle.pem.port.keystore.certificate", "file:" + folder.resolve("port.crt"))
                    .with("spring.ssl.bundle.pem.port.keystore.private-key", "file:" + folder.resolve("port.key"));
            String relay = url(scene.start()).replace("http:", "https:");

            try (HttpClient trusting = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .sslContext(trusting(authority))
                    .build()) {
                // When
                HttpResponse<String> login = trusting.send(
                        request(relay + "/login", "Content-Type", FORM, "Origin", relay)
                                .POST(HttpRequest.BodyPublishers.ofString(form("operator", PASSWORD)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                String cookie = cookie(login);

                // Then
                assertThat(login.headers().allValues("Set-Cookie"))
                        .singleElement()
                        .asString()
                        .matches(COOKIE_BY_TLS + "=[A-Za-z0-9_-]{43}; Path=/; Secure; HTTPOnly; SameSite=Strict");
                assertThat(login.headers().firstValue("Strict-Transport-Security"))
                        .isPresent();
                assertThat(trusting.send(
                                        request(relay + "/actuator/whoami", "Cookie", cookie)
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .body())
                        .contains("\"login\":\"session\",\"tls\":true");
                String byAnotherName = cookie.replace(COOKIE_BY_TLS, COOKIE);
                assertThat(trusting.send(
                                        request(relay + "/actuator/whoami", "Cookie", byAnotherName)
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void aSeparateManagementPortHasTheLogin() throws Exception {
        try (Scene scene = Scene.of("browser-management", 1)) {
            // Given
            scene.fleet(1);
            scene.relays().with("management.server.port", "0");
            ConfigurableApplicationContext relay = scene.start();
            String management =
                    "http://localhost:" + relay.getEnvironment().getRequiredProperty("local.management.port");

            // When
            String cookie = cookie(logIn(management, "operator", PASSWORD));

            // Then
            assertThat(get(management + "/login").statusCode()).isEqualTo(200);
            HttpResponse<String> page = get(management + "/", "Cookie", cookie);
            assertThat(page.body()).contains("desk/desk.js");
            assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'")
                    .doesNotContain("unsafe", "*", "http");
            assertThat(get(url(relay) + "/", "Cookie", cookie).body()).doesNotContain("desk/desk.js");
            assertThat(get(url(relay) + "/desk/history", "Cookie", cookie).statusCode())
                    .isEqualTo(404);
            assertThat(get(management + "/actuator/whoami", "Cookie", cookie).body())
                    .contains("\"login\":\"session\"");
        }
    }

    private static String url(ConfigurableApplicationContext relay) {
        return "http://localhost:" + relay.getEnvironment().getRequiredProperty("local.server.port");
    }

    private static HttpRequest.Builder request(String url, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private HttpResponse<String> get(String url, String... headers) throws Exception {
        return plain.send(request(url, headers).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String url, String type, String body, String... headers) throws Exception {
        return plain.send(
                request(url, headers)
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> logIn(String relay, String user, String password, String... headers) throws Exception {
        return post(relay + "/login", FORM, form(user, password), headers);
    }

    private HttpResponse<String> change(String relay, String cookie) throws Exception {
        return post(relay + "/actuator/routes/properties", "application/json", "{}", "Cookie", cookie);
    }

    private boolean challenge(String relay, String... headers) throws Exception {
        HttpResponse<String> answer = get(relay + "/actuator/routes", headers);
        assertThat(answer.statusCode()).isEqualTo(401);
        return answer.headers().firstValue("WWW-Authenticate").isPresent();
    }

    private static String form(String user, String password) {
        return "username=" + URLEncoder.encode(user, StandardCharsets.UTF_8) + "&password="
                + URLEncoder.encode(password, StandardCharsets.UTF_8);
    }

    /** As a browser sends it back. */
    private static String cookie(HttpResponse<String> login) {
        return login.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static SSLContext trusting(Authority authority) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry(
                "authority",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(authority.pem().getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;

/** Who has no credentials finds health, metrics and the form to log in with, whatever is asked for, and no answer tells how the relay is made. */
@Execution(ExecutionMode.CONCURRENT)
class StrangersFindNothingIT {

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND");
    private static final List<String> ODD = List.of(
            "/",
            "/index.html",
            "/login",
            "/login/",
            "/login.css",
            "/logout",
            "/access/login.html",
            "/home.html",
            "/error",
            "/favicon.ico",
            "/actuator/",
            "/actuator/health/../routes",
            "/actuator/health/%2e%2e/routes",
            "/actuator/health;a=b/../routes",
            "/actuator//routes",
            "/actuator/routes/",
            "/actuator/routes;jsessionid=1",
            "/ACTUATOR/ROUTES",
            "/actuator/%72outes",
            "/actuator/routes%00",
            "/actuator/health/%2e%2e%2froutes",
            "/webjars/",
            "/static/",
            "/META-INF/MANIFEST.MF",
            "/application.yaml",
            "/nothing?trace=true&message=true&errors=true");
    private static final Set<String> OPEN = Set.of("/actuator/health", "/actuator/prometheus");

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    @Test
    void whateverIsMappedAsksForCredentials() throws Exception {
        try (Scene scene = Scene.of("crawl", 1)) {
            // Given
            scene.fleet(1);
            ConfigurableApplicationContext relay = scene.start();
            Set<String> mapped = mapped(relay);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> Actuator.of(relay).get("/health").statusCode() == 200);

            // When
            assertThat(mapped).hasSizeGreaterThan(10).contains("/actuator/routes", "/actuator/loggers/x");
            List<String> found = new ArrayList<>();
            for (String path : Stream.concat(mapped.stream(), ODD.stream()).toList()) {
                for (String method : METHODS) {
                    HttpResponse<String> answer = ask(relay, method, path, "");
                    if (answer.statusCode() < 400) {
                        found.add(method + " " + path);
                    }
                    tellsNothing(answer, method + " " + path);
                }
            }

            // Then
            assertThat(found)
                    .isNotEmpty()
                    .allSatisfy(request -> assertThat(request)
                            .matches("(GET|HEAD) (/actuator/(health(/.*)?|prometheus)|/login|/login\\.css)"));
            assertThat(found)
                    .contains("GET /actuator/health", "GET /actuator/prometheus", "GET /login", "GET /login.css");
        }
    }

    @Test
    void errorsTellNothingOfTheInside() throws Exception {
        try (Scene scene = Scene.of("errors", 1)) {
            // Given
            scene.fleet(1);
            ConfigurableApplicationContext relay = scene.start();
            String operator = "Basic "
                    + Base64.getEncoder()
                            .encodeToString("operator:password-of-the-operator".getBytes(StandardCharsets.UTF_8));

            // Then
            for (String path : List.of(
                    "/nothing?trace=true&message=true&errors=true",
                    "/actuator/losses/%00",
                    "/actuator/sbom/unheard-of",
                    "/actuator/metrics/%3Cscript%3E?tag=broken",
                    "/actuator/metrics/jvm.memory.used?tag=broken",
                    "/actuator/loggers/%ff")) {
                for (String method : List.of("GET", "POST", "DELETE")) {
                    HttpResponse<String> answer = ask(relay, method, path, operator);
                    assertThat(answer.statusCode()).as(method + " " + path).isBetween(200, 499);
                    tellsNothing(answer, method + " " + path);
                }
            }
            HttpResponse<String> garbled = patiently(to(relay, "/actuator/loggers/a.b")
                    .header("Authorization", operator)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"configuredLevel\": [<script>"))
                    .build());
            assertThat(garbled.statusCode()).isEqualTo(400);
            tellsNothing(garbled, "a garbled body");
        }
    }

    /** No stack trace, no class, no markup that a browser would run; and the headers that tell it so. */
    private static void tellsNothing(HttpResponse<String> answer, String request) {
        assertThat(answer.headers().firstValue("X-Content-Type-Options"))
                .as(request)
                .hasValue("nosniff");
        assertThat(answer.headers().allValues("Content-Security-Policy"))
                .as(request)
                .singleElement()
                .asString()
                .contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(answer.headers().firstValue("X-Frame-Options")).as(request).hasValue("DENY");
        assertThat(answer.headers().firstValue("Referrer-Policy")).as(request).hasValue("same-origin");
        assertThat(answer.headers().firstValue("Cache-Control").orElse(""))
                .as(request)
                .contains("no-store");
        if (answer.statusCode() >= 400) {
            assertThat(answer.body())
                    .as(request)
                    .doesNotContain("io.iotdarelay", "org.springframework", "java.lang", "\tat ", "\"trace\"");
            assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                    .as(request)
                    .doesNotContain("html");
        }
    }

    /** The paths of all mappings, with something in place of their variables. */
    private static Set<String> mapped(ConfigurableApplicationContext relay) {
        Set<String> paths = new TreeSet<>();
        DispatcherHandler dispatcher = relay.getBean(DispatcherHandler.class);
        Objects.requireNonNull(dispatcher.getHandlerMappings()).stream()
                .filter(RequestMappingInfoHandlerMapping.class::isInstance)
                .map(RequestMappingInfoHandlerMapping.class::cast)
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .map(RequestMappingInfo::getPatternsCondition)
                .flatMap(condition -> condition.getPatterns().stream())
                .map(PathPattern::getPatternString)
                .map(pattern -> pattern.replaceAll("\\{[^}]*\\}|\\*+", "x"))
                .filter(path -> !path.isEmpty())
                .forEach(paths::add);
        assertThat(paths).containsAll(OPEN);
        return paths;
    }

    private static HttpResponse<String> ask(
            ConfigurableApplicationContext relay, String method, String path, String credentials) throws Exception {
        HttpRequest.Builder request = to(relay, path).method(method, HttpRequest.BodyPublishers.noBody());
        if (!credentials.isEmpty()) {
            request.header("Authorization", credentials);
        }
        return patiently(request.build());
    }

    /** An address may make so many requests a second; what is refused for that proves nothing. */
    private static HttpResponse<String> patiently(HttpRequest request) {
        return await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .until(
                        () -> HTTP.send(request, HttpResponse.BodyHandlers.ofString()),
                        answer -> answer.statusCode() != 429);
    }

    private static HttpRequest.Builder to(ConfigurableApplicationContext relay, String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://localhost:" + Actuator.of(relay).port() + path))
                .timeout(Duration.ofSeconds(30));
    }
}

package io.iotdarelay.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.schemas.SchemaKey;
import io.iotdarelay.testing.Ports;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

class HttpRegistryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final SchemaKey SEVEN = new SchemaKey.Id(7);
    private static final Answer TYPES = new Answer(200, "[\"AVRO\"]");

    private final Map<String, Answer> answers = new HashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final DisposableServer server =
            HttpServer.create().host("127.0.0.1").port(0).handle(this::handle).bindNow(PATIENCE);

    private @Nullable String authorization;

    private record Answer(int status, String body) {}

    private Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        asked.add(request.uri());
        authorization = request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION);
        Answer answer = answers.get(request.uri());
        if (answer == null) {
            return response.status(404).sendString(Mono.just("not here")).then();
        }
        return answer.status() == 0
                ? Mono.never()
                : response.status(answer.status())
                        .header("Location", "/elsewhere")
                        .sendString(Mono.just(answer.body()))
                        .then();
    }

    @AfterEach
    void stop() {
        server.disposeNow(PATIENCE);
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.port() + "/base/");
    }

    private RegistryProperties properties(URI url) {
        return new RegistryProperties(
                List.of(url), null, null, null, null, null, null, Duration.ofSeconds(2), Duration.ofSeconds(1));
    }

    private Fetch fetch(RegistryProperties properties, SchemaKey key) {
        HttpRegistry registry = new HttpRegistry(
                properties,
                () -> HttpClient.newConnection().responseTimeout(properties.responseTimeout()),
                Schedulers.parallel());
        return Objects.requireNonNull(registry.fetch(key, 0).block(PATIENCE));
    }

    private Fetch fetch() {
        return fetch(properties(url()), SEVEN);
    }

    @Test
    void fetchesASchemaWithAllThatItRefersToOnceAndInOrder() {
        answers.put("/base/schemas/ids/7", new Answer(200, """
                {"schema":"top","schemaType":"PROTOBUF","references":[
                  {"name":"b.proto","subject":"b c/d","version":2},{"name":"a.proto","subject":"a","version":1}]}"""));
        answers.put("/base/subjects/b%20c%2Fd/versions/2", new Answer(200, """
                {"schema":"b","references":[{"name":"a.proto","subject":"a","version":1}]}"""));
        answers.put("/base/subjects/a/versions/1", new Answer(200, """
                {"schema":"a","references":[{"name":"b.proto","subject":"b c/d","version":2}]}"""));

        Fetch.Found found = (Fetch.Found) fetch();

        assertThat(found.schema().text()).isEqualTo("top");
        assertThat(found.schema().type()).hasToString("PROTOBUF");
        assertThat(found.schema().references())
                .extracting(reference -> reference.name())
                .containsExactly("a.proto", "b.proto");
        assertThat(asked).hasSize(3);
    }

    private Optional<String> contact() {
        RegistryProperties properties = properties(url());
        HttpRegistry registry = new HttpRegistry(
                properties,
                () -> HttpClient.newConnection().responseTimeout(properties.responseTimeout()),
                Schedulers.parallel());
        return Objects.requireNonNull(registry.contact(0).block(PATIENCE));
    }

    @Test
    void saysWhetherItIsARegistry() {
        answers.put("/base/schemas/types", TYPES);
        assertThat(contact()).isEmpty();

        answers.put("/base/schemas/types", new Answer(200, "<html>"));
        assertThat(contact())
                .hasValueSatisfying(why -> assertThat(why).contains("answers 200 and is no schema registry"));
        answers.put("/base/schemas/types", new Answer(404, "{\"error_code\":40401}"));
        assertThat(contact())
                .hasValueSatisfying(why -> assertThat(why).contains("answers 404 and is no schema registry"));
        answers.put("/base/schemas/types", new Answer(401, ""));
        assertThat(contact()).hasValueSatisfying(why -> assertThat(why).contains("does not accept the credentials"));
        answers.put("/base/schemas/types", new Answer(503, ""));
        assertThat(contact()).hasValueSatisfying(why -> assertThat(why).contains("answers 503"));
        server.disposeNow(PATIENCE);
        assertThat(contact()).hasValueSatisfying(why -> assertThat(why).contains("cannot be reached"));
    }

    @Test
    void takesASchemaWithoutTypeForAvro() {
        answers.put("/base/schemas/ids/7", new Answer(200, "{\"schema\":\"s\"}"));

        assertThat(((Fetch.Found) fetch()).schema().type()).hasToString("AVRO");
    }

    @Test
    void asksForGuids() {
        UUID guid = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
        answers.put("/base/schemas/guids/" + guid, new Answer(200, "{\"schema\":\"s\"}"));

        assertThat(fetch(properties(url()), new SchemaKey.Guid(guid))).isInstanceOf(Fetch.Found.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {} | true",
                "200 | no JSON | true",
                "302 | {} | true",
                "400 | {} | true",
                "401 | {} | true",
                "403 | {} | true",
                "408 | {} | false",
                "429 | {} | false",
                "500 | {\"error_code\":50001} | false",
                "503 | busy | false",
                "0 | | false",
            })
    void whateverElseItAnswersIsAnOutage(int status, @Nullable String body, boolean misconfigured) {
        answers.put("/base/schemas/ids/7", new Answer(status, body == null ? "" : body));

        Fetch fetch = fetch();

        assertThat(fetch).isInstanceOf(Fetch.Failed.class);
        assertThat(((Fetch.Failed) fetch).misconfigured()).as(fetch.toString()).isEqualTo(misconfigured);
    }

    /** If it were an outage, the records would wait for ever. */
    @Test
    void aSchemaThatIsTooLongCannotBeRead() {
        answers.put("/base/schemas/ids/7", new Answer(200, "{\"schema\":\"" + "x".repeat(5_000_000) + "\"}"));
        assertThat(fetch()).isInstanceOf(Fetch.Failed.class);

        answers.put("/base/schemas/types", TYPES);
        assertThat(fetch())
                .isEqualTo(
                        new Fetch.Missing("the registry answers with more than 4194304 bytes when asked for schema 7"));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 406, 409, 410, 422})
    void aRegistryThatRefusesASchemaDoesNotHaveIt(int status) {
        answers.put("/base/schemas/ids/7", new Answer(status, "{}"));
        assertThat(fetch()).isInstanceOf(Fetch.Failed.class);

        answers.put("/base/schemas/types", TYPES);
        assertThat(fetch()).isEqualTo(new Fetch.Missing("the registry answers " + status + " when asked for schema 7"));
    }

    @Test
    void believesThatThereIsNoSchema() {
        answers.put("/base/schemas/ids/7", new Answer(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}"));

        assertThat(fetch()).isEqualTo(new Fetch.Missing("the registry does not have schema 7"));
    }

    @Test
    void doubtsA404WithoutACodeUnlessThereIsARegistry() {
        answers.put("/base/schemas/ids/7", new Answer(404, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}"));
        assertThat(fetch()).isInstanceOfSatisfying(Fetch.Failed.class, failed -> {
            assertThat(failed.detail()).contains("check the path of relay.registry.url");
            assertThat(failed.misconfigured()).isTrue();
        });

        answers.put("/base/schemas/types", new Answer(503, ""));
        assertThat(fetch()).isInstanceOfSatisfying(Fetch.Failed.class, failed -> {
            assertThat(failed.detail()).contains("answers 503");
            assertThat(failed.misconfigured()).isFalse();
        });

        answers.put("/base/schemas/types", TYPES);
        assertThat(fetch()).isInstanceOf(Fetch.Missing.class);
    }

    @Test
    void aServerThatIsNotThereIsAnOutage() {
        Fetch fetch = fetch(properties(URI.create("http://127.0.0.1:" + Ports.free())), SEVEN);

        assertThat(fetch).isInstanceOfSatisfying(Fetch.Failed.class, failed -> {
            assertThat(failed.detail()).startsWith("the schema registry cannot be reached: ");
            assertThat(failed.misconfigured()).isFalse();
        });
        assertThat(fetch(properties(URI.create("http://nowhere.invalid")), SEVEN))
                .isInstanceOf(Fetch.Failed.class);
    }

    @Test
    void aServerWithoutTlsIsAWrongConfiguration() {
        Fetch fetch = fetch(properties(URI.create("https://127.0.0.1:" + server.port())), SEVEN);

        assertThat(fetch)
                .isInstanceOfSatisfying(
                        Fetch.Failed.class,
                        failed -> assertThat(failed.misconfigured())
                                .as(failed.detail())
                                .isTrue());
    }

    @Test
    void boundsReferences() {
        StringBuilder many = new StringBuilder();
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            many.append(i == 0 ? "" : ",")
                    .append("{\"name\":\"n%d\",\"subject\":\"s%d\",\"version\":1}".formatted(i, i));
            paths.add("/base/subjects/s" + i + "/versions/1");
        }
        answers.put("/base/schemas/ids/7", new Answer(200, "{\"schema\":\"s\",\"references\":[" + many + "]}"));
        paths.forEach(path -> answers.put(path, new Answer(200, "{\"schema\":\"s\"}")));

        assertThat(fetch()).isInstanceOf(Fetch.Missing.class);
        assertThat(asked).hasSizeLessThan(250);
    }

    @Test
    void authenticates(@TempDir Path directory) throws IOException {
        answers.put("/base/schemas/ids/7", new Answer(200, "{\"schema\":\"s\"}"));
        String basic = "Basic " + Base64.getEncoder().encodeToString("u:p".getBytes(StandardCharsets.UTF_8));
        Path secret = Files.writeString(directory.resolve("secret"), "p\n");

        assertThat(authorizationOf("u", "p", null, null, null)).isEqualTo(basic);
        assertThat(authorizationOf("u", null, secret.toUri().toString(), null, null))
                .isEqualTo(basic);
        assertThat(authorizationOf(null, null, null, "t", null)).isEqualTo("Bearer t");
        assertThat(authorizationOf(null, null, null, null, secret.toString())).isEqualTo("Bearer p");
        assertThat(authorizationOf(null, null, null, null, null)).isNull();
    }

    @Test
    void aFileOfASecretThatIsMissingIsAWrongConfiguration(@TempDir Path directory) {
        Fetch fetch = fetch(
                new RegistryProperties(
                        List.of(url()),
                        null,
                        null,
                        null,
                        null,
                        null,
                        directory.resolve("none").toString(),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1)),
                SEVEN);

        assertThat(fetch)
                .isInstanceOfSatisfying(
                        Fetch.Failed.class,
                        failed -> assertThat(failed.misconfigured()).isTrue());
    }

    private @Nullable String authorizationOf(
            @Nullable String user,
            @Nullable String password,
            @Nullable String passwordFile,
            @Nullable String token,
            @Nullable String tokenFile) {
        RegistryProperties properties = new RegistryProperties(
                List.of(url()),
                null,
                user,
                password,
                passwordFile,
                token,
                tokenFile,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1));
        assertThat(properties.toString()).doesNotContain("\"p\"").doesNotContain("token");
        assertThat(fetch(properties, SEVEN)).isInstanceOf(Fetch.Found.class);
        return authorization;
    }
}

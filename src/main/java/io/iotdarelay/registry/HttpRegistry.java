package io.iotdarelay.registry;

import io.iotdarelay.egress.HttpsConnections;
import io.iotdarelay.schemas.SchemaKey;
import io.iotdarelay.schemas.SchemaText;
import io.iotdarelay.schemas.SchemaType;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.BufferOverflowException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks registries by Confluent's REST interface. */
final class HttpRegistry implements SchemaSource {

    /** A longer answer is no schema that anybody meant. */
    private static final int MAX_ANSWER = 4 * 1024 * 1024;

    /** In place of the status of an answer that is too long to be read. */
    private static final int TOO_LARGE = 0;

    private static final int MAX_REFERENCES = 200;

    /** The kinds of schemas, which every registry knows. */
    private static final String TYPES = "/schemas/types";

    private static final String ACCEPT = "application/vnd.schemaregistry.v1+json, application/json";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<String> servers;
    private final Credentials credentials;
    private final Duration atMost;
    private final Supplier<HttpClient> http;
    private final Scheduler loop;

    /**
     * Connects nothing yet.
     *
     * @param http the client to use for the next request
     * @param loop where answers arrive
     */
    HttpRegistry(RegistryProperties properties, Supplier<HttpClient> http, Scheduler loop) {
        this.servers = properties.url().stream().map(HttpRegistry::base).toList();
        this.credentials = new Credentials(properties);
        this.atMost = properties.connectTimeout().plus(properties.responseTimeout());
        this.http = http;
        this.loop = loop;
    }

    @Override
    public int servers() {
        return servers.size();
    }

    @Override
    public Mono<Fetch> fetch(SchemaKey key, int server) {
        String path = switch (key) {
            case SchemaKey.Id id -> "/schemas/ids/" + id.number();
            case SchemaKey.Guid guid -> "/schemas/guids/" + guid.value();
        };
        return Mono.defer(() -> new Request(servers.get(server)).schema(path, key.toString()))
                .onErrorResume(Ended.class, ended -> Mono.just(ended.fetch))
                .onErrorResume(Exception.class, failure -> Mono.just(NetworkTrouble.of(failure)));
    }

    /** Asks a server what every registry knows. Yields what is wrong; empty if nothing is. Never fails. */
    Mono<Optional<String>> contact(int server) {
        return Mono.defer(() -> new Request(servers.get(server)).types())
                .<Fetch>then(Mono.empty())
                .onErrorResume(Ended.class, ended -> Mono.just(ended.fetch))
                .onErrorResume(Exception.class, failure -> Mono.just(NetworkTrouble.of(failure)))
                .map(fetch ->
                        fetch instanceof Fetch.Failed failed ? Optional.of(failed.detail()) : Optional.<String>empty())
                .defaultIfEmpty(Optional.empty());
    }

    /** The result is there before everything was asked. */
    private static final class Ended extends Exception {

        @SuppressWarnings("serial") // it is caught where it was thrown
        private final transient Fetch fetch;

        Ended(Fetch fetch) {
            super("ended", null, false, false);
            this.fetch = fetch;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answer(int status, byte[] body) {}

    /** One schema with all that it refers to. */
    private final class Request {

        private final String server;
        private final Map<String, SchemaText.Reference> references = new LinkedHashMap<>();
        private final Set<String> asked = new HashSet<>();

        Request(String server) {
            this.server = server;
        }

        Mono<Fetch> schema(String path, String what) {
            return get(path)
                    .flatMap(answer -> read(answer, what))
                    .flatMap(schema -> follow(schema)
                            .then(Mono.fromSupplier(() -> new Fetch.Found(new SchemaText(
                                    type(schema),
                                    schema.path("schema").asString(),
                                    List.copyOf(references.values()))))));
        }

        /** Ends with what is wrong, unless the server answers as every registry does. */
        Mono<Void> types() {
            return get(TYPES).flatMap(answer -> switch (answer.status()) {
                case 200 -> json(answer.body()).isArray() ? Mono.empty() : Mono.error(noRegistry(200));
                case TOO_LARGE, 400, 404, 406, 409, 410, 422 -> Mono.error(noRegistry(answer.status()));
                default -> Mono.error(trouble(answer.status()));
            });
        }

        private Ended noRegistry(int status) {
            return failed(answered(status) + " and is no schema registry: check the path of relay.registry.url", true);
        }

        /** Fetches what a schema refers to, first what that refers to itself. */
        private Mono<Void> follow(JsonNode schema) {
            return Flux.fromStream(
                            () -> StreamSupport.stream(schema.path("references").spliterator(), false))
                    .concatMap(this::reference)
                    .then();
        }

        private Mono<Void> reference(JsonNode reference) {
            String path = "/subjects/" + encoded(reference.path("subject").asString("")) + "/versions/"
                    + reference.path("version").asString("");
            if (!asked.add(path)) {
                return Mono.empty();
            }
            if (asked.size() > MAX_REFERENCES) {
                return Mono.error(
                        new Ended(new Fetch.Missing("it refers to more than " + MAX_REFERENCES + " other schemas")));
            }
            String name = reference.path("name").asString("");
            return get(path)
                    .flatMap(answer -> read(answer, "what it refers to as " + name))
                    .flatMap(schema -> follow(schema)
                            .then(Mono.<Void>fromRunnable(() -> references.put(
                                    path,
                                    new SchemaText.Reference(
                                            name, schema.path("schema").asString())))));
        }

        private Mono<JsonNode> read(Answer answer, String what) {
            JsonNode body = json(answer.body());
            return switch (answer.status()) {
                case 200 ->
                    body.path("schema").isString()
                            ? Mono.just(body)
                            : Mono.error(failed("answers with something that is not a schema", true));
                case 404 ->
                    body.path("error_code").asInt(0) / 100 == 404 ? Mono.error(missing(what)) : doubt(404, what);
                case TOO_LARGE, 400, 406, 409, 410, 422 -> doubt(answer.status(), what);
                default -> Mono.error(trouble(answer.status()));
            };
        }

        /** What is not an answer about a schema. */
        private Ended trouble(int status) {
            return switch (status) {
                case 401 -> failed("answers 401: it does not accept the credentials of relay.registry", true);
                case 403 -> failed("answers 403: the credentials of relay.registry do not allow reading", true);
                case 408, 425, 429 -> failed("answers " + status, false);
                default -> failed("answers " + status, status < 500);
            };
        }

        /** A wrong address answers like that, too. The kinds of schemas are known to every registry. */
        private Mono<JsonNode> doubt(int status, String what) {
            return types().then(Mono.error(refused(status, what)));
        }

        /** It would always answer the same. */
        private Ended refused(int status, String what) {
            return status == 404
                    ? missing(what)
                    : new Ended(new Fetch.Missing("the registry " + answered(status) + " when asked for " + what));
        }

        private static String answered(int status) {
            return status == TOO_LARGE ? "answers with more than " + MAX_ANSWER + " bytes" : "answers " + status;
        }

        private Ended missing(String what) {
            return new Ended(new Fetch.Missing("the registry does not have " + what));
        }

        private Ended failed(String what, boolean misconfigured) {
            return new Ended(new Fetch.Failed("the schema registry " + server + " " + what, misconfigured));
        }

        private SchemaType type(JsonNode schema) {
            return switch (schema.path("schemaType").asString("AVRO")) {
                case "AVRO" -> SchemaType.AVRO;
                case "PROTOBUF" -> SchemaType.PROTOBUF;
                default -> SchemaType.JSON;
            };
        }

        private Mono<Answer> get(String path) {
            return authorization()
                    .flatMap(authorization -> http.get()
                            .headers(headers -> {
                                headers.set(HttpHeaderNames.ACCEPT, ACCEPT);
                                authorization.ifPresent(value -> headers.set(HttpHeaderNames.AUTHORIZATION, value));
                            })
                            .get()
                            .uri(server + path)
                            .response(HttpRegistry::answer)
                            .single())
                    .onErrorResume(BufferOverflowException.class, e -> Mono.just(new Answer(TOO_LARGE, new byte[0])))
                    .timeout(atMost, loop)
                    .publishOn(loop);
        }
    }

    private Mono<Optional<String>> authorization() {
        Mono<Optional<String>> header = Mono.fromCallable(credentials::header);
        return credentials.areInFile() ? header.subscribeOn(Schedulers.boundedElastic()) : header;
    }

    private static Mono<Answer> answer(HttpClientResponse response, ByteBufFlux content) {
        return HttpsConnections.body(content, MAX_ANSWER)
                .map(body -> new Answer(response.status().code(), body));
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String base(URI url) {
        String text = url.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}

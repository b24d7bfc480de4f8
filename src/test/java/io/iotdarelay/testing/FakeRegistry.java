package io.iotdarelay.testing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** A schema registry in this process that holds what a test puts into it. */
public final class FakeRegistry implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Map<Integer, String> schemas = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final @Nullable String authorization;
    private final DisposableServer server;

    private FakeRegistry(@Nullable String authorization) {
        this.authorization = authorization;
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(this::handle)
                .bindNow(PATIENCE);
    }

    public static FakeRegistry start() {
        return new FakeRegistry(null);
    }

    /** One that answers 401 to requests without this header. */
    public static FakeRegistry requiring(String authorization) {
        return new FakeRegistry(authorization);
    }

    /** Holds a schema under an ID. */
    public FakeRegistry with(int id, String type, String schema) {
        schemas.put(id, JsonMapper.shared().writeValueAsString(Map.of("schema", schema, "schemaType", type)));
        return this;
    }

    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** The paths that it was asked for, in order. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    private Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        asked.add(request.uri());
        if (authorization != null
                && !authorization.equals(request.requestHeaders().get("Authorization"))) {
            return send(response, 401, "{\"error_code\":401}");
        }
        if (request.uri().equals("/schemas/types")) {
            return send(response, 200, "[\"AVRO\",\"PROTOBUF\",\"JSON\"]");
        }
        String schema = request.uri().startsWith("/schemas/ids/")
                ? schemas.get(Integer.parseInt(request.uri().substring("/schemas/ids/".length())))
                : null;
        return schema == null ? send(response, 404, "{\"error_code\":40403}") : send(response, 200, schema);
    }

    private static Mono<Void> send(HttpServerResponse response, int status, String body) {
        return response.status(status)
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .sendString(Mono.just(body))
                .then();
    }

    @Override
    public void close() {
        server.disposeNow(PATIENCE);
    }
}

package io.iotdarelay.simulator;

import io.iotdarelay.simulator.Signatures.Kind;
import io.iotdarelay.simulator.Signatures.SignedRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An application that signs its calls as the vectors want it. */
final class ApplicationClient {

    private static final String SIGNED_HEADERS = "host;x-sdk-date";

    private final PlainClient http;
    private final String host;
    private final ApplicationAccess access;
    private final Clock clock;

    ApplicationClient(Simulator simulator, Clock clock) {
        this(
                simulator.endpoint(),
                new PlainClient(simulator),
                simulator.application().access(),
                clock);
    }

    ApplicationClient(String endpoint, PlainClient http, ApplicationAccess access, Clock clock) {
        this.http = http;
        this.host = endpoint.substring("https://".length());
        this.access = access;
        this.clock = clock;
    }

    /** A call below the project. */
    HttpResponse<String> call(String method, String path, String body) throws IOException {
        return call(method, path, body, authorization -> authorization);
    }

    /** The same with something else in the header Authorization. */
    HttpResponse<String> call(String method, String path, String body, UnaryOperator<String> forged)
            throws IOException {
        String uri = "/v5/iot/" + access.projectId() + path;
        String date = Times.compact(clock.instant());
        SignedRequest request = new SignedRequest(
                method, uri, Map.of("host", host, "x-sdk-date", date), body.getBytes(StandardCharsets.UTF_8));
        String authorization =
                new Signatures(access, Signatures.SERVICE).authorization(request, Kind.DERIVED, SIGNED_HEADERS);
        return send(method, uri, body, date, forged.apply(authorization));
    }

    HttpResponse<String> send(String method, String uri, String body, String date, String authorization)
            throws IOException {
        return http.send(HttpRequest.newBuilder(URI.create("https://" + host + uri))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("X-Sdk-Date", date)
                .header("Authorization", authorization)
                .build());
    }

    HttpResponse<String> get(String path) throws IOException {
        return call("GET", path, "");
    }

    HttpResponse<String> post(String path, String body) throws IOException {
        return call("POST", path, body);
    }

    JsonNode json(String path) throws IOException {
        return JsonMapper.shared().readTree(get(path).body());
    }
}

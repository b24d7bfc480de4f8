package io.iotdarelay.appside;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests with the signatures that Huawei's own classes make, in {@code application-signatures.json}. */
final class Signatures {

    private static final JsonNode FILE = read();

    static final AccessKey KEY = new AccessKey(text(FILE.path("key"), "id"), text(FILE.path("key"), "secret"));
    static final Instant AT = Instant.parse(text(FILE, "at"));
    static final String REGION = text(FILE, "region");

    private Signatures() {}

    /** A request, and what is right for it. */
    record Example(
            String name, Unsigned request, String canonical, String derived, String ordinary, String withProject) {

        /** The same with the project's ID in a header, as Huawei's SDK sends it. */
        Unsigned inProject() {
            Map<String, String> headers = new TreeMap<>(request.headers());
            headers.put("X-Project-Id", text(FILE, "project"));
            return new Unsigned(
                    request.method(),
                    request.host(),
                    request.path(),
                    request.query(),
                    new TreeMap<>(headers),
                    request.body());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Example> all() {
        return StreamSupport.stream(FILE.path("requests").spliterator(), false).map(Signatures::example);
    }

    static Example first() {
        return all().findFirst().orElseThrow();
    }

    /** What a client with a certain mistake would sign the first request with. */
    static String mistake(String name) {
        return text(FILE.path("mistakes"), name);
    }

    private static Example example(JsonNode node) {
        List<Unsigned.Parameter> query = new ArrayList<>();
        for (JsonNode each : node.path("query")) {
            query.add(new Unsigned.Parameter(text(each, "name"), text(each, "value")));
        }
        TreeMap<String, String> headers = new TreeMap<>();
        node.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asString()));
        return new Example(
                text(node, "name"),
                new Unsigned(
                        text(node, "method"),
                        text(node, "host"),
                        text(node, "path"),
                        query,
                        headers,
                        text(node, "body").getBytes(StandardCharsets.UTF_8)),
                text(node, "canonical"),
                text(node, "derived"),
                text(node, "ordinary"),
                text(node, "withProject"));
    }

    private static String text(JsonNode node, String member) {
        return node.path(member).asString();
    }

    private static JsonNode read() {
        try (InputStream file =
                Objects.requireNonNull(Signatures.class.getResourceAsStream("/application-signatures.json"))) {
            return JsonMapper.shared().readTree(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}

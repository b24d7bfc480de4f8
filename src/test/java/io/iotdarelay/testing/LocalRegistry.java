package io.iotdarelay.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real schema registry (Apicurio, in memory) in a process of its own, which the build has unpacked. */
public final class LocalRegistry implements AutoCloseable {

    private static final class Shared {
        private static final LocalRegistry INSTANCE = start();
    }

    private static final Path HOME = Path.of("target/apicurio-registry");
    private static final String INTERFACE = "/apis/ccompat/v7";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final int port;
    private final Process process;

    private LocalRegistry(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    /** Another schema that one refers to. */
    public record Reference(String name, String subject, int version) {}

    public static LocalRegistry start() {
        int port = Ports.free();
        try (Stream<Path> files = Files.list(HOME)) {
            Path jar = files.filter(file -> file.toString().endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow();
            ProcessBuilder builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-jar",
                    jar.toAbsolutePath().toString());
            builder.environment().put("QUARKUS_HTTP_HOST", "127.0.0.1");
            builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(Files.createTempFile("registry", ".log").toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            LocalRegistry registry = new LocalRegistry(port, process);
            await().atMost(Duration.ofMinutes(2))
                    .ignoreExceptions()
                    .until(() -> registry.get("/subjects").isArray());
            return registry;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One registry for all tests of this process. Tests use subjects of their own. */
    public static LocalRegistry shared() {
        return Shared.INSTANCE;
    }

    public int port() {
        return port;
    }

    /** Where Confluent's interface begins. */
    public String url() {
        return url(port);
    }

    /** The same behind a proxy. */
    public static String url(int port) {
        return "http://127.0.0.1:" + port + INTERFACE;
    }

    /** Registers a schema, and returns its ID. */
    public int register(String subject, String type, String schema, Reference... references) {
        Map<String, Object> body = Map.of("schema", schema, "schemaType", type, "references", List.of(references));
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/subjects/" + subject + "/versions"))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(body)))
                .build();
        JsonNode answer = send(request);
        if (!answer.has("id")) {
            throw new IllegalStateException(answer.toString());
        }
        return answer.path("id").asInt();
    }

    private JsonNode get(String path) {
        return send(HttpRequest.newBuilder(URI.create(url() + path)).build());
    }

    private static JsonNode send(HttpRequest request) {
        try {
            return JsonMapper.shared()
                    .readTree(HTTP.send(request, HttpResponse.BodyHandlers.ofString())
                            .body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

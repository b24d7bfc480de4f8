package io.iotdarelay.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator sees of a relay over HTTP. */
public final class Actuator {

    /** Who may see everything, at relays that tests start. */
    static final String OPERATOR = "operator";

    static final String PASSWORD = "password-of-the-operator";

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final int port;
    private final @Nullable String credentials;

    private Actuator(int port, @Nullable String credentials) {
        this.port = port;
        this.credentials = credentials;
    }

    public int port() {
        return port;
    }

    public static Actuator at(int port) {
        return new Actuator(port, null);
    }

    public static Actuator of(ConfigurableApplicationContext relay) {
        return at(relay.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    /** The same with credentials. */
    public Actuator asOperator() {
        return as(OPERATOR, PASSWORD);
    }

    /** The same with credentials. */
    public Actuator as(String user, String password) {
        return new Actuator(
                port, Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }

    /** GETs a path below {@code /actuator}. */
    public HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    /** The same, asking for a format. */
    public HttpResponse<String> get(String path, String format) {
        return send(request(path).header("Accept", format).GET());
    }

    /** POSTs JSON to a path below {@code /actuator}. */
    public HttpResponse<String> post(String path, String json) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** DELETEs a path below {@code /actuator}. */
    public HttpResponse<String> delete(String path) {
        return send(request(path).header("Content-Type", "application/json").DELETE());
    }

    public JsonNode json(String path) {
        return JsonMapper.shared().readTree(get(path).body());
    }

    /** The status of a component of health, or of a probe. */
    public String status(String component) {
        return json("/health/" + component).path("status").asString("none");
    }

    /** The partitions that it reads, as health names them. */
    public List<String> partitions() {
        return List.copyOf(asOperator()
                .json("/health/source")
                .path("details")
                .path("partitions")
                .propertyNames());
    }

    /** The samples of one scrape, by their name with labels. */
    public Map<String, Double> metrics() {
        Map<String, Double> samples = new HashMap<>();
        get("/prometheus")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> samples.put(
                        line.substring(0, line.lastIndexOf(' ')),
                        Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
        return samples;
    }

    /** How many partitions are paused for a reason. */
    public long pausedPartitions(String reason) {
        return metrics().keySet().stream()
                .filter(sample ->
                        sample.startsWith("relay_partition_paused{") && sample.contains("reason=\"" + reason + "\""))
                .count();
    }

    /** The records that have come to an end or are in flight, by one scrape. */
    public static double accountedFor(Map<String, Double> samples) {
        return Stream.of("delivered_total", "rejected_total", "skipped_total", "abandoned_total", "in_flight")
                .mapToDouble(state -> sum(samples, "relay_records_" + state + "{"))
                .sum();
    }

    /** The sum over all samples whose name, with labels, begins so. */
    public static double sum(Map<String, Double> samples, String prefix) {
        return samples.entrySet().stream()
                .filter(sample -> sample.getKey().startsWith(prefix))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + port + "/actuator" + path))
                .timeout(Duration.ofSeconds(20));
        return credentials == null ? request : request.header("Authorization", "Basic " + credentials);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(request.build().uri().toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

package io.iotdarelay.operations;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.iotdarelay.testing.Ports;
import io.iotdarelay.testing.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Prometheus, an Alertmanager, and a webhook receiver, all on the loopback. Closing it stops everything. */
final class Monitoring implements AutoCloseable {

    static final String JOB = "relay";

    private static final String HOST = "127.0.0.1";
    private static final Duration START = Duration.ofSeconds(20);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /**
     * A word of Alertmanager's.
     *
     * @param status firing or resolved
     */
    record Notification(String alert, String status, JsonNode content) {

        @Override
        public String toString() {
            return status + " " + content.path("labels") + " " + content.path("annotations");
        }
    }

    private final List<Notification> notifications = new CopyOnWriteArrayList<>();
    private final HttpServer webhook;
    private final Program alertmanager;
    private final Program prometheus;
    private final int port = Ports.free();
    private final Instant began = Instant.now();

    /**
     * Starts all of it.
     *
     * @param rules in the form that Prometheus reads
     * @param targets the relays' ports
     */
    Monitoring(Path directory, String rules, List<Integer> targets) throws IOException {
        Path prometheusProgram = Tool.PROMETHEUS.path();
        Path alertmanagerProgram = Tool.ALERTMANAGER.path();
        webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        webhook.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        webhook.createContext("/", this::hear);
        webhook.start();
        int alertmanagerPort = Ports.free();
        Files.writeString(directory.resolve("alertmanager.yml"), """
                route: { receiver: test, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
                receivers:
                  - name: test
                    webhook_configs: [{ url: "http://%s:%d/", send_resolved: true }]
                """.formatted(
                        HOST, webhook.getAddress().getPort()));
        alertmanager = Program.start(
                alertmanagerProgram,
                directory,
                List.of(
                        "--config.file=alertmanager.yml",
                        "--storage.path=alertmanager",
                        "--cluster.listen-address=",
                        "--web.listen-address=" + HOST + ":" + alertmanagerPort));
        Files.writeString(directory.resolve("rules.yml"), rules);
        Files.writeString(directory.resolve("prometheus.yml"), """
                global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
                rule_files: [rules.yml]
                alerting: { alertmanagers: [{ static_configs: [{ targets: ["%s:%d"] }] }] }
                scrape_configs:
                  - job_name: %s
                    metrics_path: /actuator/prometheus
                    static_configs: [{ targets: [%s], labels: { namespace: test } }]
                """.formatted(
                HOST,
                alertmanagerPort,
                JOB,
                targets.stream().map(target -> "\"localhost:" + target + "\"").collect(Collectors.joining(", "))));
        prometheus = Program.start(
                prometheusProgram,
                directory,
                List.of(
                        "--config.file=prometheus.yml",
                        "--storage.tsdb.path=data",
                        "--web.listen-address=" + HOST + ":" + port));
        await().atMost(START).until(() -> {
            if (!prometheus.isAlive() || !alertmanager.isAlive()) {
                throw new IllegalStateException(prometheus.output() + alertmanager.output());
            }
            return isReady(port) && isReady(alertmanagerPort);
        });
    }

    private static boolean isReady(int port) throws InterruptedException {
        try {
            return get(port, "/-/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void hear(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode message = JsonMapper.shared().readTree(exchange.getRequestBody());
            message.path("alerts")
                    .forEach(alert -> notifications.add(new Notification(
                            alert.path("labels").path("alertname").asString(),
                            alert.path("status").asString(),
                            alert)));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /** The notifications so far, in order. */
    List<Notification> notifications() {
        return List.copyOf(notifications);
    }

    /** Whether an alert has fired and is not resolved, for some labels at least. */
    boolean isFiring(String alert) {
        return lastWords(alert).contains("firing");
    }

    /** Whether an alert has fired, and is resolved for all labels. */
    boolean isResolved(String alert) {
        return Set.copyOf(lastWords(alert)).equals(Set.of("resolved"));
    }

    private Collection<String> lastWords(String alert) {
        return notifications.stream()
                .filter(word -> word.alert().equals(alert))
                .collect(Collectors.toMap(
                        word -> word.content().path("labels"), Notification::status, (former, latter) -> latter))
                .values();
    }

    /** How many values an expression has had since the beginning. */
    long values(String expression) {
        JsonNode answer = ask("/api/v1/query_range?step=2&start=" + began.getEpochSecond() + "&end="
                + Instant.now().getEpochSecond() + "&query=" + encoded(expression));
        return answer.path("data")
                .path("result")
                .valueStream()
                .flatMap(series -> series.path("values").valueStream())
                .filter(value -> !value.path(1).asString().equals("NaN"))
                .count();
    }

    /** The series that a selector has found since the beginning, as their labels. */
    List<JsonNode> series(String selector) {
        return ask("/api/v1/series?start=" + began.getEpochSecond() + "&match%5B%5D=" + encoded(selector))
                .path("data")
                .valueStream()
                .toList();
    }

    private JsonNode ask(String path) {
        try {
            JsonNode answer = JsonMapper.shared().readTree(get(port, path).body());
            if (!answer.path("status").asString().equals("success")) {
                throw new IllegalStateException(path + ": " + answer);
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String expression) {
        return URLEncoder.encode(expression, StandardCharsets.UTF_8);
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + port + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        prometheus.close();
        alertmanager.close();
        webhook.stop(0);
    }
}

package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** What strangers do to the HTTP port costs little, changes nothing, and keeps no operator and no probe out. */
@ExtendWith(OutputCaptureExtension.class)
class ThePortWithstandsAttacksIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private static final String CHANGE = "{\"configuredLevel\":null}";

    @Test
    void rolesDecideWhoSeesAndWhoChanges(CapturedOutput output) throws Exception {
        try (Scene scene = Scene.of("roles", 1)) {
            // Given
            scene.fleet(1);
            scene.relays()
                    .with("relay.access.metrics", "users")
                    .with("relay.access.users[0].name", "watcher")
                    .with("relay.access.users[0].password", "password-of-the-watcher")
                    .with("relay.access.users[1].name", "second")
                    .with(
                            "relay.access.users[1].password",
                            "{bcrypt}$2a$10$kRR/4l8MUeUkXpBk6JnAzO4KSOLaQuJbiVXlp0apNcUBf4Y9dYdaq")
                    .with("relay.access.users[1].role", "operator");
            Actuator anybody = Actuator.of(scene.start());
            Actuator watcher = anybody.as("watcher", "password-of-the-watcher");

            // Then
            assertThat(anybody.get("/health/liveness").statusCode()).isEqualTo(200);
            assertThat(head(anybody, "/health/liveness")).isEqualTo(200);
            assertThat(anybody.get("/prometheus").statusCode()).isEqualTo(401);
            assertThat(watcher.get("/prometheus").statusCode()).isEqualTo(200);
            assertThat(watcher.get("/routes").statusCode()).isEqualTo(200);
            assertThat(watcher.post("/routes/properties", "{}").statusCode()).isEqualTo(403);
            assertThat(watcher.post("/loggers/a.b", CHANGE).statusCode()).isEqualTo(403);
            assertThat(anybody.asOperator().post("/routes/properties", "{}").statusCode())
                    .isEqualTo(200);
            assertThat(anybody.as("second", "not it")
                            .post("/routes/properties", "{}")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(output.getAll())
                    .containsPattern("A user changed something over HTTP.*user=\"operator\".*address=\"127.0.0.1\""
                            + ".*path=\"/actuator/routes/properties\".*status=\"200\"")
                    .containsPattern("A user may not change anything.*user=\"watcher\"")
                    .containsPattern("A login failed.*user=\"second\".*address=\"127.0.0.1\"")
                    .doesNotContain("password-of-the-watcher");
            Map<String, Double> samples = watcher.metrics();
            assertThat(Actuator.sum(samples, "relay_changes_total{outcome=\"accepted\""))
                    .isEqualTo(1);
            assertThat(Actuator.sum(samples, "relay_changes_total{outcome=\"refused\""))
                    .isEqualTo(2);
            assertThat(Actuator.sum(samples, "relay_logins_failed_total{outcome=\"refused\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void guessingIsThrottledAndDoesNotRevealNames(CapturedOutput output) throws Exception {
        try (Scene scene = Scene.of("guesses", 1)) {
            // Given
            Fleet fleet = scene.fleet(5);
            ConfigurableApplicationContext relay = scene.start();
            Actuator anybody = Actuator.of(relay);

            // When
            List<CompletableFuture<HttpResponse<String>>> guesses = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String user = i % 2 == 0 ? "operator" : "swordfish-" + i;
                guesses.add(HTTP.sendAsync(
                        request(anybody, "/routes", user + ":guess-" + i).GET().build(),
                        HttpResponse.BodyHandlers.ofString()));
            }
            fleet.produceForEach(scene.producer(), scene.topic(), 10);

            // Then
            List<Integer> statuses =
                    guesses.stream().map(guess -> guess.join().statusCode()).toList();
            assertThat(statuses).containsOnly(401, 429);
            assertThat(statuses.stream().filter(status -> status == 401).count())
                    .isLessThanOrEqualTo(25);
            assertThat(guesses)
                    .filteredOn(guess -> guess.join().statusCode() == 429)
                    .isNotEmpty()
                    .allSatisfy(guess -> assertThat(guess.join()
                                    .headers()
                                    .firstValueAsLong("Retry-After")
                                    .orElse(0))
                            .isBetween(1L, 61L));
            assertThat(anybody.get("/health/liveness").statusCode()).isEqualTo(200);
            scene.settled(fleet, SOON);
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> anybody.asOperator().get("/routes").statusCode() == 200);
            assertThat(output.getAll()).doesNotContain("swordfish").doesNotContain("guess-");
            assertThat(Actuator.sum(anybody.metrics(), "relay_logins_failed_total{outcome=\"throttled\""))
                    .isPositive();
        }
    }

    @Test
    void aForgedRequestOfABrowserChangesNothing() throws Exception {
        try (Scene scene = Scene.of("forged", 1)) {
            // Given
            scene.fleet(1);
            Actuator anybody = Actuator.of(scene.start());
            String operator = "operator:password-of-the-operator";
            String own = "http://localhost:" + anybody.port();

            // Then
            assertThat(changed(anybody, operator)).isEqualTo(415);
            assertThat(changed(anybody, operator, "Content-Type", "text/plain")).isEqualTo(415);
            assertThat(changed(anybody, operator, "Content-Type", "application/x-www-form-urlencoded"))
                    .isEqualTo(415);
            assertThat(json(anybody, operator, "Origin", "https://evil.example"))
                    .isEqualTo(403);
            assertThat(json(anybody, operator, "Origin", "null")).isEqualTo(403);
            assertThat(json(anybody, operator, "Origin", own + ".evil.example")).isEqualTo(403);
            assertThat(json(anybody, operator, "Sec-Fetch-Site", "cross-site")).isEqualTo(403);
            assertThat(json(anybody, operator, "Sec-Fetch-Site", "same-site")).isEqualTo(403);
            assertThat(json(anybody, operator, "Origin", own)).isEqualTo(200);
            assertThat(json(anybody, operator, "Sec-Fetch-Site", "same-origin")).isEqualTo(200);
        }
    }

    @Test
    void aBodyThatIsRefusedIsNotRead() throws Exception {
        try (Scene scene = Scene.of("bodies", 1)) {
            // Given
            scene.fleet(1);
            Actuator anybody = Actuator.of(scene.start());
            String operator = "Authorization: Basic " + encoded("operator:password-of-the-operator") + "\r\n";

            // Then
            assertThat(answerTo(anybody, post("", 2_000_000_000L))).startsWith("HTTP/1.1 413 ");
            assertThat(answerTo(anybody, post("", 50_000))).startsWith("HTTP/1.1 401 ");
            assertThat(answerTo(anybody, post(operator, 2_000_000_000L))).startsWith("HTTP/1.1 413 ");
            assertThat(answerTo(anybody, chunked(operator))).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void connectionsThatAskNothingMakeRoom() throws Exception {
        try (Scene scene = Scene.of("half-sent", 1)) {
            // Given
            Fleet fleet = scene.fleet(5);
            scene.relays().with("relay.access.request-timeout", "3s");
            Actuator anybody = Actuator.of(scene.start());
            List<Socket> held = new ArrayList<>();
            try {
                // When
                for (int i = 0; i < 600; i++) {
                    Socket socket = connected(anybody);
                    held.add(socket);
                    socket.getOutputStream().write(bytes("GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nX: "));
                }
                fleet.produceForEach(scene.producer(), scene.topic(), 5);

                // Then
                assertThat(anybody.get("/health/liveness").statusCode()).isEqualTo(200);
                assertThat(anybody.asOperator().get("/routes").statusCode()).isEqualTo(200);
                assertThat(held.stream()
                                .filter(ThePortWithstandsAttacksIT::isClosed)
                                .count())
                        .isGreaterThanOrEqualTo(500);
                scene.settled(fleet, SOON);
                await().atMost(SOON).until(() -> held.stream().allMatch(ThePortWithstandsAttacksIT::isClosed));
            } finally {
                for (Socket socket : held) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void aTrickleOfBytesEndsWithTheTimeOfARequest() throws Exception {
        try (Scene scene = Scene.of("trickle", 1)) {
            // Given
            scene.fleet(1);
            scene.relays().with("relay.access.request-timeout", "1s");
            Actuator anybody = Actuator.of(scene.start());
            try (Socket header = connected(anybody);
                    Socket body = connected(anybody);
                    Socket second = connected(anybody)) {
                header.getOutputStream().write(bytes("GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nX: "));
                body.getOutputStream().write(bytes(post("", 1000)));
                second.getOutputStream()
                        .write(bytes("GET /actuator/health/liveness HTTP/1.1\r\nHost: localhost\r\n\r\n"));
                readTo(second.getInputStream(), "HTTP/1.1 200 ");

                // Then
                for (Socket each : List.of(header, body, second)) {
                    await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> {
                        try {
                            each.getOutputStream().write('x');
                            return isClosed(each);
                        } catch (IOException e) {
                            return true;
                        }
                    });
                }
            }
        }
    }

    @Test
    void whoDoesNotReadWhatWasAskedForIsLeft() throws Exception {
        try (Scene scene = Scene.of("slow-reader", 1)) {
            // Given
            scene.fleet(1);
            scene.relays().with("relay.access.request-timeout", "1s");
            Actuator anybody = Actuator.of(scene.start());
            String get = "GET /actuator/sbom/application HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic "
                    + encoded("operator:password-of-the-operator") + "\r\n\r\n";
            try (Socket socket = new Socket()) {
                socket.setReceiveBufferSize(4096);
                socket.connect(new InetSocketAddress("localhost", anybody.port()), 5000);
                socket.getOutputStream().write(bytes(get.repeat(60)));

                // Then
                await().atMost(SOON)
                        .pollInterval(Duration.ofSeconds(1))
                        .untilAsserted(
                                () -> assertThat(connections(anybody.port())).isZero());
            }
        }
    }

    /** How many connections the relay has at a port, as the system says. */
    private static long connections(int port) throws IOException {
        String local = ":%04X ".formatted(port);
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("/proc/net/tcp")));
        lines.addAll(Files.readAllLines(Path.of("/proc/net/tcp6")));
        return lines.stream()
                .map(line -> line.strip().split(" +", 5))
                .filter(fields -> (fields[1] + " ").endsWith(local) && fields[3].equals("01"))
                .count();
    }

    @Test
    void aSeparateManagementPortIsProtectedInTheSameWay() throws Exception {
        try (Scene scene = Scene.of("management", 1)) {
            // Given
            scene.fleet(1);
            scene.relays().with("management.server.port", "0").with("relay.access.request-timeout", "1s");
            ConfigurableApplicationContext relay = scene.start();
            Actuator anybody =
                    Actuator.at(relay.getEnvironment().getRequiredProperty("local.management.port", Integer.class));
            String operator = "operator:password-of-the-operator";

            // Then
            assertThat(anybody.get("/health/liveness").statusCode()).isEqualTo(200);
            assertThat(anybody.get("/routes").statusCode()).isEqualTo(401);
            assertThat(changed(anybody, operator)).isEqualTo(415);
            assertThat(json(anybody, operator, "Sec-Fetch-Site", "cross-site")).isEqualTo(403);
            assertThat(json(anybody, operator, "Sec-Fetch-Site", "none")).isEqualTo(200);
            try (Socket half = connected(anybody)) {
                half.getOutputStream().write(bytes("GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nX: "));
                await().atMost(SOON).until(() -> isClosed(half));
            }
        }
    }

    private static HttpRequest.Builder request(Actuator actuator, String path, String credentials) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + actuator.port() + "/actuator" + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Basic " + encoded(credentials));
    }

    private static String encoded(String credentials) {
        return Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private static int changed(Actuator actuator, String credentials, String... headers) throws Exception {
        HttpRequest.Builder request = request(actuator, "/routes/properties", credentials);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(
                        request.POST(HttpRequest.BodyPublishers.ofString("{}")).build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static int head(Actuator actuator, String path) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + actuator.port() + "/actuator" + path))
                                .HEAD()
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static int json(Actuator actuator, String credentials, String header, String value) throws Exception {
        return changed(actuator, credentials, "Content-Type", "application/json", header, value);
    }

    private static String post(String header, long length) {
        return "POST /actuator/loggers/a.b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + header
                + "Content-Length: " + length + "\r\n\r\n{\"configured";
    }

    private static String chunked(String header) {
        return "POST /actuator/loggers/a.b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + header
                + "Transfer-Encoding: chunked\r\n\r\n20000\r\n" + " ".repeat(0x20000) + "\r\n";
    }

    /** All that comes until the relay closes the connection, although the request is not complete. */
    private static String answerTo(Actuator actuator, String request) throws IOException {
        try (Socket socket = connected(actuator)) {
            socket.getOutputStream().write(bytes(request));
            StringBuilder answer = new StringBuilder();
            try {
                for (int next = socket.getInputStream().read();
                        next >= 0;
                        next = socket.getInputStream().read()) {
                    answer.append((char) next);
                }
            } catch (SocketException reset) { // but no timeout: the relay has to end the connection
                answer.append("(reset)");
            }
            return answer.toString();
        }
    }

    private static void readTo(InputStream input, String expected) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(expected) < 0) {
            int next = input.read();
            assertThat(next).as(() -> "the connection ended after " + text).isNotNegative();
            text.append((char) next);
        }
    }

    private static Socket connected(Actuator actuator) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress("localhost", actuator.port()), 5000);
        socket.setSoTimeout(5000);
        return socket;
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(1);
            while (socket.getInputStream().read() >= 0) {
                // What was answered before.
            }
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

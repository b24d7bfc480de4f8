package io.iotdarelay.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.json.JsonMapper;

/** nginx, standing in for the platform: see {@code sink.lua}. */
final class Sink implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CERTIFICATES = """
            set -e
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -keyout ca.key -out ca.pem -subj "/CN=benchmark CA"
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj "/CN=localhost"
            printf "subjectAltName=DNS:localhost,IP:127.0.0.1\\n" >extensions
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile extensions -out server.pem
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path home;
    private final int port = Ports.free();
    private final int control = Ports.free();
    private final Pinned nginx;

    Sink(Path directory, int core) {
        try {
            home = Files.createDirectory(directory.resolve("sink"));
            run(List.of("bash", "-c", CERTIFICATES));
            Files.writeString(home.resolve("sink.lua"), resource("sink.lua"));
            Files.writeString(
                    home.resolve("nginx.conf"),
                    resource("nginx.conf")
                            .replace("@home@", home.toString())
                            .replace("@modules@", System.getProperty("nginx.modules", "/usr/lib/nginx/modules"))
                            .replace("@port@", Integer.toString(port))
                            .replace("@control@", Integer.toString(control)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        nginx = Pinned.start(
                core,
                home.resolve("output"),
                List.of(
                        "nginx",
                        "-p",
                        home.toString(),
                        "-c",
                        home.resolve("nginx.conf").toString()));
        while (!answers()) {
            if (!nginx.isAlive()) {
                throw new IllegalStateException("nginx does not start: " + nginx.output());
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    private boolean answers() {
        try {
            reset(0);
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Sink.class.getResourceAsStream("/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    String endpoint() {
        return "https://localhost:" + port;
    }

    Path authority() {
        return home.resolve("ca.pem");
    }

    long cpuMicros() {
        return nginx.cpuMicros();
    }

    /** Begins new books, and answers after that time from now on. */
    void reset(int latencyMillis) {
        get("/reset?delay=" + latencyMillis / 1000.0);
    }

    /** The books without histograms, which costs the sink little. */
    Ledger count() {
        return Ledger.of(JSON.readTree(get("/count")));
    }

    Ledger ledger() {
        return Ledger.of(JSON.readTree(get("/ledger")));
    }

    private String get(String path) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + control + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        nginx.close();
    }
}

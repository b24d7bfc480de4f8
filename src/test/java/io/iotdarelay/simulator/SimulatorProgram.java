package io.iotdarelay.simulator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The simulator's jar that the build has just made, as a process. */
public final class SimulatorProgram implements AutoCloseable {

    static final Path JAR = Path.of("target/iotda-relay-simulator.jar");

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String endpoint;
    private final String control;

    private SimulatorProgram(Process process, String endpoint, String control) {
        this.process = process;
        this.endpoint = endpoint;
        this.control = control;
    }

    /** Starts one on any free ports, with a control desk, and waits until it listens. */
    public static SimulatorProgram start(Path errors, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--port=0", "--control-port=0"));
        try {
            Process process = command(all).redirectError(errors.toFile()).start();
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            String endpoint = Objects.requireNonNull(output.readLine(), "the simulator did not start");
            String control = Objects.requireNonNull(output.readLine(), "the simulator did not start");
            Thread unused = Thread.ofVirtual().start(() -> output.lines().forEach(line -> {}));
            return new SimulatorProgram(process, endpoint, control);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ProcessBuilder command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-jar",
                JAR.toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    public String endpoint() {
        return endpoint;
    }

    /** Where its control desk listens. */
    public String control() {
        return control;
    }

    /** What the control desk shows there. */
    public JsonNode ledger(String path) {
        return JsonMapper.shared().readTree(get("/ledger" + path));
    }

    String get(String path) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create(control + path)).build(),
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
        http.close();
        process.destroyForcibly();
    }
}

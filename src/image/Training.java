import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts the relay as the image will, with nothing to connect to, asks it what probes and Prometheus ask, and ends it: the JVM then
 * writes the cache of classes that are loaded and linked, with the profiles of what ran.
 *
 * <p>Run with the configuration to use.
 */
final class Training {

    private static final String CACHE = "-XX:AOTCache=";
    private static final Path OPTIONS = Path.of("/app/java.options");
    private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");
    private static final int ROUNDS = 3;

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path configuration = Path.of(arguments[0]).toAbsolutePath();
        Files.writeString(configuration.resolveSibling("devices.csv"), "device_id,secret,gateway_id\ntraining,training,\n");

        List<String> command = new ArrayList<>(List.of("/opt/java/bin/java"));
        String cache = null;
        for (String option : Files.readAllLines(OPTIONS)) {
            if (option.startsWith(CACHE)) {
                cache = option.substring(CACHE.length());
                command.add("-XX:AOTCacheOutput=" + cache);
            } else if (option.startsWith("-")) {
                command.add(option);
            }
        }
        // That of a small container, whose heap any other collector but ZGC can use as well.
        command.addAll(List.of("-XX:+UseSerialGC", "-jar", "/app/iotda-relay.jar"));
        command.add("--spring.config.additional-location=" + configuration.toUri());

        Process relay = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = relay.inputReader(StandardCharsets.UTF_8)) {
            ask(portOf(output));
            // Not the process's own: that would close its output.
            relay.toHandle().destroy();
            output.lines().filter(line -> !line.contains("[warning][aot]")).forEach(System.out::println);
            if (!relay.waitFor(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the relay does not end");
            }
        } finally {
            relay.destroyForcibly();
        }
        if (cache == null || !Files.exists(Path.of(cache))) {
            throw new IllegalStateException("no cache was written");
        }
    }

    private static String portOf(BufferedReader output) throws IOException {
        String port = null;
        String line = output.readLine();
        while (line != null) {
            System.out.println(line);
            Matcher matcher = PORT.matcher(line);
            if (matcher.find()) {
                port = matcher.group(1);
            }
            if (port != null && line.contains("Started RelayApplication")) {
                return port;
            }
            line = output.readLine();
        }
        throw new IllegalStateException("the relay did not start");
    }

    private static void ask(String port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int round = 0; round < ROUNDS; round++) {
                for (String path : List.of("health", "health/liveness", "health/readiness", "prometheus", "routes")) {
                    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/" + path))
                            .header("Authorization", "Basic "
                                    + Base64.getEncoder().encodeToString("training:training".getBytes(StandardCharsets.UTF_8)))
                            .build();
                    client.send(request, HttpResponse.BodyHandlers.discarding());
                }
            }
        }
    }
}

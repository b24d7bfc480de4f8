import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * Starts the relay as the image will, with a platform that does no more than a TLS handshake and a broker that knows no topics, asks it
 * what probes and Prometheus ask, and ends it: the JVM then writes the cache of classes that are loaded and linked, with the profiles of
 * what ran. Without these two the relay would not open its Kafka clients, and their classes would not be in the cache.
 *
 * <p>Run with the configuration to use.
 */
final class Training {

    private static final String CACHE = "-XX:AOTCache=";
    private static final Path OPTIONS = Path.of("/app/java.options");
    private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");
    private static final int ROUNDS = 3;
    private static final String PASSWORD = "training";
    private static final String WAITING = "waiting for the platform";
    private static final Duration REACHED_WITHIN = Duration.ofMinutes(2);

    public static void main(String[] arguments) throws IOException, InterruptedException, GeneralSecurityException {
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
        Path authority = configuration.resolveSibling("ca.pem");
        SSLServerSocket platform = platform(authority);
        command.add("--relay.iotda.endpoint=https://localhost:" + platform.getLocalPort());
        command.add("--relay.iotda.ssl-bundle=platform");
        command.add("--spring.kafka.bootstrap-servers=localhost:" + TrainingBroker.start().port());
        command.add("--spring.ssl.bundle.pem.platform.truststore.certificate=" + authority.toUri());

        Process relay = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = relay.inputReader(StandardCharsets.UTF_8)) {
            String port = portOf(output);
            awaitPlatform(port);
            ask(port);
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

    /** Listens with a certificate of its own, which it writes to a file; greets whoever comes, and hangs up. */
    private static SSLServerSocket platform(Path authority)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path keys = authority.resolveSibling("platform.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair", "-alias", "platform", "-keyalg", "EC", "-groupname", "secp256r1",
                        "-dname", "CN=localhost", "-ext", "SAN=dns:localhost", "-validity", "30",
                        "-storetype", "PKCS12", "-keystore", keys.toString(), "-storepass", PASSWORD)
                .inheritIO()
                .start();
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("no certificate was made");
        }
        KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
        Files.writeString(authority, "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(store.getCertificate("platform").getEncoded())
                + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory identity = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        identity.init(store, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(identity.getKeyManagers(), null, null);
        SSLServerSocket server =
                (SSLServerSocket) tls.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> greet(server));
        return server;
    }

    private static void greet(SSLServerSocket server) {
        while (true) {
            try (SSLSocket guest = (SSLSocket) server.accept()) {
                guest.startHandshake();
            } catch (IOException e) {
                System.out.println("the platform: " + e);
            }
        }
    }

    /** Until the consumer, which is opened then, has polled for a second. */
    private static void awaitPlatform(String port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + REACHED_WITHIN.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (client.send(request(port, "health/source"), HttpResponse.BodyHandlers.ofString())
                    .body()
                    .contains(WAITING)) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the relay does not reach the platform");
                }
                Thread.sleep(100);
            }
        }
    }

    /** Once it has started and reached the platform. */
    private static String portOf(BufferedReader output) throws IOException {
        String port = null;
        boolean started = false;
        boolean reached = false;
        String line = output.readLine();
        while (line != null) {
            System.out.println(line);
            Matcher matcher = PORT.matcher(line);
            if (matcher.find()) {
                port = matcher.group(1);
            }
            started |= line.contains("Started RelayApplication");
            reached |= line.contains("The platform was reached");
            if (port != null && started && reached) {
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
                    client.send(request(port, path), HttpResponse.BodyHandlers.discarding());
                }
            }
        }
    }

    private static HttpRequest request(String port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/" + path))
                .header("Authorization", "Basic "
                        + Base64.getEncoder().encodeToString("training:training".getBytes(StandardCharsets.UTF_8)))
                .build();
    }
}

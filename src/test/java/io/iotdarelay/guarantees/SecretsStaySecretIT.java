package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.ApplicationAccess;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.RelayProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No secret, and no content of a record, appears in the log, with all loggers at TRACE, nor behind
 * any endpoint. Dead letters hold their record and what is documented, and no secret.
 */
class SecretsStaySecretIT {

    private static final String SECRET = "planted-secret-of-the-device";
    private static final String WRONG_SECRET = "planted-secret-that-is-wrong";
    private static final String BROKEN_LINE = "planted-secret-of-a-broken-line";
    private static final String OPERATOR_PASSWORD = "planted-password-of-the-operator";
    private static final String KAFKA_PASSWORD = "planted-password-of-kafka";
    private static final String KEY_STORE_PASSWORD = "planted-password-of-a-key-store";
    private static final String VALUE = "planted-value-of-a-record";
    private static final String HEADER = "planted-header-of-a-record";
    private static final String TOKEN_KEY = "planted-key-of-the-token-store!!";
    private static final String SHORT_TOKEN_KEY = "planted-key-that-is-short";
    private static final String UNREADABLE_TOKEN_KEY = "planted-key-that-is-not-base64!";
    private static final String MISPLACED = "planted-password-in-the-wrong-place";

    private static final String PRODUCT = "5ba24f5ebbe8f56f5a14f605";

    private static final List<String> ENDPOINTS = List.of(
            "",
            "/health",
            "/health/source",
            "/health/iotda",
            "/health/devices",
            "/health/deadLetters",
            "/health/tokens",
            "/health/liveness",
            "/health/readiness",
            "/prometheus",
            "/metrics",
            "/metrics/relay.records.rejected",
            "/info",
            "/loggers",
            "/sbom",
            "/sbom/application",
            "/quarantine",
            "/routes",
            "/nothing",
            "/metrics/nothing",
            "/health/%2e%2e",
            "/loggers/%00");

    private static final List<String> CLOSED = List.of(
            "/env",
            "/configprops",
            "/heapdump",
            "/threaddump",
            "/beans",
            "/conditions",
            "/mappings",
            "/httpexchanges",
            "/logfile",
            "/scheduledtasks",
            "/startup",
            "/shutdown");

    private static final List<String> OUR_HEADERS = List.of(
            "kafka_dlt-original-topic",
            "kafka_dlt-original-partition",
            "kafka_dlt-original-offset",
            "kafka_dlt-original-timestamp",
            "kafka_dlt-original-consumer-group",
            "iotda-relay-reason",
            "iotda-relay-detail",
            "iotda-relay-device-id",
            "iotda-relay-route",
            "iotda-relay-http-status",
            "iotda-relay-error-code",
            "iotda-relay-response",
            "iotda-relay-attempts",
            "iotda-relay-failed-at",
            "iotda-relay-failed-parts",
            "iotda-relay-delivered-parts",
            "iotda-relay-redrives");

    private static final Pattern TOKEN = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern SIGNATURE = Pattern.compile("Signature=([0-9a-f]+)");
    private static final Pattern PASSWORD = Pattern.compile("\"password\"\\s*:\\s*\"([^\"]+)\"");

    /** What the simulator has heard and said, as far as it must not be repeated. */
    private final Queue<String> tokens = new ConcurrentLinkedQueue<>();

    private final Queue<String> passwords = new ConcurrentLinkedQueue<>();
    private final Queue<String> signatures = new ConcurrentLinkedQueue<>();

    @TempDir
    Path directory;

    @Test
    void inEverythingThatTheRelaySays() throws Exception {
        try (Scene scene = Scene.of("secrets", 1, new SimulatorOptions().onExchange(this::overhear))) {
            // Given
            scene.simulator()
                    .register(
                            SimulatedDevice.direct("good", SECRET),
                            SimulatedDevice.direct("picky", SECRET + "-2"),
                            SimulatedDevice.direct("bad", SECRET + "-3"));
            configure(scene);
            scene.kafka().createTopic("secrets.tokens", 1, "cleanup.policy=compact");
            RelayProcess relay = scene.startProcess();
            Actuator anybody = Actuator.at(relay.awaitPort());
            Actuator operator = anybody.as("operator", OPERATOR_PASSWORD);

            // When
            liveThroughEverything(scene, operator);
            List<String> seen = endpoints(anybody, operator);
            relay.terminate();
            relay.exitCode(Duration.ofSeconds(30));

            // Then
            assertThat(tokens).hasSizeGreaterThanOrEqualTo(3);
            assertThat(passwords).hasSizeGreaterThanOrEqualTo(3);
            holdsAll(log(relay), " TRACE ", " DEBUG ", "A device was set aside", "line 6: cannot be read");
            holdsNothing(log(relay));
            assertThat(scene.kafka().records("secrets.tokens"))
                    .isNotEmpty()
                    .allSatisfy(record -> holdsNothing(
                            record.value() == null ? "" : new String(record.value(), StandardCharsets.ISO_8859_1)));
            assertThat(seen).allSatisfy(this::holdsNothing);
            assertDeadLetters(scene);
        }
    }

    /** The platform's application side, which repeats what it is asked, and fails in each way. */
    @Test
    void inWhatIsSaidOfThePlatform() throws Exception {
        try (Scene scene = Scene.of(
                "secrets.platform",
                1,
                new SimulatorOptions().onExchange(this::overhear).onHead(this::overhearSignature))) {
            // Given
            scene.simulator()
                    .register(
                            SimulatedDevice.direct("known", SECRET).withSecondarySecret(SECRET + "-2"),
                            SimulatedDevice.direct("frozen", SECRET + "-3"));
            scene.simulator().freeze("frozen");
            String product = scene.simulator()
                    .registerProduct("{\"product_id\":\"" + PRODUCT + "\",\"service_capabilities\":[{\"service_id\":"
                            + "\"S\",\"service_type\":\"S\",\"properties\":[{\"property_name\":\"n\",\"data_type\":"
                            + "\"int\",\"method\":\"R\"}]}]}");
            assertThat(product).isNotEmpty();
            configure(scene);
            scene.kafka().createTopic("secrets.platform.tokens", 1, "cleanup.policy=compact");
            scene.kafka().createTopic("secrets.platform.devices", 1, "cleanup.policy=compact");
            ApplicationAccess access = ApplicationAccess.SAMPLE;
            scene.relays()
                    .without("relay.devices.file")
                    .with("relay.tokens.topic", "secrets.platform.tokens")
                    .with("relay.devices.platform", "true")
                    .with("relay.devices.topic", "secrets.platform.devices")
                    .with("relay.devices.keep", "topic")
                    .with("relay.devices.unknown-grace", "1s")
                    .with("relay.platform.endpoint", scene.simulator().endpoint())
                    .with("relay.platform.region", access.region())
                    .with("relay.platform.project-id", access.projectId())
                    .with("relay.platform.access-key", access.accessKey())
                    .with("relay.platform.secret-key", access.secretKey())
                    .with("relay.platform.ssl-bundle", "iotda")
                    .with("relay.platform.read-back.enabled", "true")
                    .with("relay.platform.response-timeout", "1s")
                    .with("relay.routes[0].provision.ids", "new-[0-9]+")
                    .with("relay.routes[0].provision.product-id", PRODUCT);
            RelayProcess relay = scene.startProcess();
            Actuator anybody = Actuator.at(relay.awaitPort());
            Actuator operator = anybody.as("operator", OPERATOR_PASSWORD);

            // When each call is echoed, lost, refused and answered
            report(scene, "known", "frozen", "stranger");
            awaitAccepted(scene, "known", 1);
            for (Api api : List.of(Api.GET_DEVICE, Api.CREATE_DEVICE)) {
                for (int status : List.of(400, 401, 403, 503)) {
                    scene.simulator().faults().injectNext(1, Faults.api(api), new Fault.Echo(status));
                }
                scene.simulator().faults().injectNext(1, Faults.api(api), new Fault.ResetAfterProcessing());
            }
            for (int n = 0; n < 4; n++) {
                report(scene, "new-" + n, "other-" + n);
            }
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> scene.simulator().devices().size() >= 4);
            await().atMost(Duration.ofSeconds(90))
                    .until(() ->
                            scene.kafka().records("secrets.platform.devices").size() >= 2);
            List<String> seen = new ArrayList<>(endpoints(anybody, operator));
            for (String component : List.of("platform", "readBack", "devices")) {
                seen.add(shown(component, operator.get("/health/" + component)));
            }
            relay.terminate();
            relay.exitCode(Duration.ofSeconds(30));

            // Then
            List<String> made = scene.simulator().devices().stream()
                    .map(SimulatedDevice::secret)
                    .toList();
            assertThat(made)
                    .hasSizeGreaterThanOrEqualTo(4)
                    .allSatisfy(secret -> assertThat(secret).isNotEmpty());
            List<String> hidden = Stream.of(made, List.of(access.accessKey(), access.secretKey()), signatures)
                    .flatMap(Collection::stream)
                    .toList();
            assertThat(signatures).hasSizeGreaterThan(5);
            holdsAll(
                    log(relay),
                    "A device was created on the platform",
                    "fails; devices that are known are not affected");
            holdsNothing(log(relay));
            holdsNoneOf(hidden, log(relay));
            assertThat(seen).allSatisfy(this::holdsNothing).allSatisfy(text -> holdsNoneOf(hidden, text));
            assertThat(scene.kafka().records("secrets.platform.dlt"))
                    .isNotEmpty()
                    .allSatisfy(letter -> holdsNoneOf(
                            hidden,
                            Arrays.stream(letter.headers().toArray())
                                    .map(header ->
                                            header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
                                    .reduce("", (one, other) -> one + "\n" + other)));
        }
    }

    private static void report(Scene scene, String... devices) {
        for (String device : devices) {
            scene.send(device, "{\"n\":1}");
        }
        scene.flush();
    }

    private static void awaitAccepted(Scene scene, String device, int reports) {
        await().atMost(Duration.ofSeconds(90))
                .until(() -> scene.simulator().ledger().accepted(device).size() >= reports);
    }

    private static void holdsNoneOf(List<String> hidden, String text) {
        for (String each : hidden) {
            int at = text.indexOf(each);
            assertThat(at < 0 ? "" : text.substring(Math.max(0, at - 300), at))
                    .as("'%s'", each)
                    .isEmpty();
        }
    }

    @Test
    void inMessagesAboutAnInvalidConfiguration() throws Exception {
        try (Scene scene = Scene.of("misplaced", 1)) {
            // Given
            configure(scene);
            scene.relays()
                    .with("relay.iotda.endpoint", "http://user:" + MISPLACED + "@platform.example/" + MISPLACED + "@x")
                    .with("relay.iotda.password", MISPLACED)
                    .with("relay.devices.secret", MISPLACED);
            Files.writeString(directory.resolve("token-keys/short"), base64(SHORT_TOKEN_KEY));
            Files.writeString(directory.resolve("token-keys/unreadable"), UNREADABLE_TOKEN_KEY);

            // When
            RelayProcess relay = scene.startProcess();

            // Then
            assertThat(relay.exitCode(Duration.ofSeconds(60))).isEqualTo(1);
            holdsAll(log(relay), "relay.iotda.endpoint: 'http://(hidden)@", "relay.iotda.password: unknown property");
            holdsAll(
                    log(relay),
                    "relay.tokens.keys: the key short has 25 bytes instead of 32",
                    "relay.tokens.keys: the key unreadable is not 32 bytes in base64");
            holdsNothing(log(relay));
        }
    }

    @Test
    void inMessagesAboutAKafkaThatCannotBeUsed() throws Exception {
        try (Scene scene = Scene.of("jaas", 1)) {
            // Given
            scene.simulator().register(SimulatedDevice.direct("good", SECRET));
            configure(scene);
            scene.relays()
                    .with("spring.kafka.properties.security.protocol", "SASL_PLAINTEXT")
                    .with("spring.kafka.properties.sasl.mechanism", "PLAIN")
                    .with(
                            "spring.kafka.properties.sasl.jaas.config",
                            "PlainLoginModule required password=" + MISPLACED);

            // When
            RelayProcess relay = scene.startProcess();
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> !relay.isAlive() || log(relay).contains("Kafka is unavailable"));
            relay.kill();

            // Then
            holdsAll(log(relay), "JAAS");
            holdsNothing(log(relay));
        }
    }

    /** The console stays short, so that it can be awaited; the file has everything. */
    private void configure(Scene scene) throws IOException {
        scene.relays()
                .withDevices(List.of(
                        "device_id,secret,gateway_id",
                        "good," + SECRET + ",",
                        "picky," + SECRET + "-2,",
                        "bad," + WRONG_SECRET + ",",
                        "../broken," + BROKEN_LINE + ",",
                        "\"" + BROKEN_LINE + ",broken," + BROKEN_LINE,
                        BROKEN_LINE))
                .with("relay.tokens.store", "topic")
                .with("relay.tokens.topic", "secrets.tokens")
                .with("relay.tokens.keys", tokenKeys().toUri().toString())
                .with("relay.tokens.key", "planted")
                .with("spring.security.user.password", OPERATOR_PASSWORD)
                .with(
                        "spring.kafka.properties.sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"relay\" password=\""
                                + KAFKA_PASSWORD + "\";")
                .with("spring.kafka.ssl.key-store-password", KEY_STORE_PASSWORD)
                .with("logging.level.root", "trace")
                .with("logging.level.io.iotdarelay", "trace")
                .with("logging.level.org.apache.kafka", "trace")
                .with("logging.level.reactor.netty", "trace")
                .with("logging.config", springsOwnLogging().toUri().toString())
                .with("logging.threshold.console", "info")
                .with("logging.file.name", directory.resolve("relay.log").toString());
    }

    private Path tokenKeys() throws IOException {
        Path keys = Files.createDirectories(directory.resolve("token-keys"));
        Files.writeString(keys.resolve("planted"), base64(TOKEN_KEY));
        return keys;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As it is without a configuration for tests. */
    private Path springsOwnLogging() throws IOException {
        return Files.writeString(
                directory.resolve("logback.xml"),
                "<configuration><include resource=\"org/springframework/boot/logging/logback/base.xml\"/></configuration>");
    }

    private void liveThroughEverything(Scene scene, Actuator operator) {
        send(scene, "good", "{\"n\":\"" + VALUE + "\"}");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> scene.simulator().ledger().acceptedCount() == 1);

        send(scene, "bad", "{\"n\":\"" + VALUE + "\"}");
        send(scene, "good", "{\"n\":" + VALUE);
        send(scene, "good", "{\"" + VALUE + "\":1,\"" + VALUE + "\":2}");
        send(scene, "good", "{\"m\":\"" + VALUE + "\"}");
        send(scene, "../" + VALUE, "{\"n\":\"" + VALUE + "\"}");
        await().atMost(Duration.ofSeconds(30)).until(() -> scene.deadLetters() == 5);

        scene.simulator().revokeAllTokens();
        send(scene, "good", "{\"n\":\"" + VALUE + "\"}");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> scene.simulator().ledger().acceptedCount() == 2);

        echo(scene, 503, 2, "good", Api.PROPERTIES);
        send(scene, "good", "{\"n\":\"" + VALUE + "\"}");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> scene.simulator().ledger().acceptedCount() == 3);

        send(scene, "picky", "{\"n\":\"" + VALUE + "\"}");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> scene.simulator().ledger().acceptedCount() == 4);
        echo(scene, 400, 1, "picky", Api.PROPERTIES);
        send(scene, "picky", "{\"n\":\"" + VALUE + "\"}");
        await().atMost(Duration.ofSeconds(30)).until(() -> scene.deadLetters() == 6);

        scene.simulator().revokeAllTokens();
        echo(scene, 400, 1, "picky", Api.DEVICE_AUTH);
        send(scene, "picky", "{\"n\":\"" + VALUE + "\"}");
        await().atMost(Duration.ofSeconds(30)).until(() -> scene.deadLetters() == 7);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> operator.get("/quarantine").body().contains("bad"));
    }

    private static void send(Scene scene, String key, String value) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("secrets", Scene.bytes(key), Scene.bytes(value));
        record.headers().add("trace", HEADER.getBytes(StandardCharsets.UTF_8));
        scene.send(record);
        scene.flush();
    }

    /** The error response of a careless front end: it echoes the whole request. */
    private static void echo(Scene scene, int status, int times, String device, Api api) {
        scene.simulator()
                .faults()
                .injectNext(times, Faults.device(device).and(Faults.api(api)), new Fault.Echo(status));
    }

    private static List<String> endpoints(Actuator anybody, Actuator operator) {
        for (String path : CLOSED) {
            assertThat(anybody.get(path).statusCode()).as(path).isEqualTo(401);
            assertThat(operator.get(path).statusCode()).as(path).isEqualTo(404);
        }
        List<String> seen = new ArrayList<>();
        // The guesses come last: they make the address wait.
        for (Actuator who : List.of(anybody, operator, anybody.as("operator", "guessed"))) {
            ENDPOINTS.forEach(path -> seen.add(shown(path, who.get(path))));
            seen.add(shown("POST /routes", who.post("/routes/secrets", "{\"broken")));
            seen.add(shown("POST /routes", who.post("/routes/none", "{}")));
            seen.add(shown("POST /loggers", who.post("/loggers/root", "[]")));
        }
        return seen;
    }

    private static String shown(String path, HttpResponse<String> response) {
        return path + " " + response.statusCode() + " " + response.headers().map() + "\n" + response.body();
    }

    private void assertDeadLetters(Scene scene) {
        List<ConsumerRecord<byte[], byte[]>> letters = scene.kafka().records("secrets.dlt");
        assertThat(letters).hasSize(7);
        for (ConsumerRecord<byte[], byte[]> letter : letters) {
            assertThat(Arrays.stream(letter.headers().toArray()).map(Header::key))
                    .isSubsetOf(Stream.concat(Stream.of("trace"), OUR_HEADERS.stream())
                            .toList());
            String all = Arrays.stream(letter.headers().toArray())
                    .map(header -> header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
                    .reduce(new String(letter.value(), StandardCharsets.UTF_8), (one, other) -> one + "\n" + other);
            assertThat(secrets())
                    .allSatisfy(secret -> assertThat(all.contains(secret))
                            .as("a dead letter holds '%s'", secret)
                            .isFalse());
        }
        assertThat(letters)
                .filteredOn(letter -> letter.headers().lastHeader("iotda-relay-response") != null)
                .anySatisfy(letter -> assertThat(new String(
                                Objects.requireNonNull(letter.headers().lastHeader("iotda-relay-response"))
                                        .value(),
                                StandardCharsets.UTF_8))
                        .contains("(secret)"));
    }

    private String log(RelayProcess relay) throws IOException {
        Path file = directory.resolve("relay.log");
        return String.join("\n", relay.output()) + (Files.exists(file) ? Files.readString(file) : "");
    }

    /** A log is too long to be shown. */
    private static void holdsAll(String text, String... parts) {
        for (String part : parts) {
            assertThat(text.contains(part)).as("the log holds '%s'", part).isTrue();
        }
    }

    private void holdsNothing(String text) {
        Stream.concat(secrets().stream(), Stream.of(VALUE, HEADER)).forEach(planted -> {
            int at = text.indexOf(planted);
            assertThat(at < 0 ? "" : text.substring(Math.max(0, at - 300), Math.min(text.length(), at + 200)))
                    .as("'%s'", planted)
                    .isEmpty();
        });
    }

    private List<String> secrets() {
        List<String> secrets = new ArrayList<>(List.of(
                SECRET,
                WRONG_SECRET,
                BROKEN_LINE,
                OPERATOR_PASSWORD,
                KAFKA_PASSWORD,
                KEY_STORE_PASSWORD,
                MISPLACED,
                TOKEN_KEY,
                base64(TOKEN_KEY),
                SHORT_TOKEN_KEY,
                base64(SHORT_TOKEN_KEY),
                UNREADABLE_TOKEN_KEY,
                Base64.getEncoder()
                        .encodeToString(("operator:" + OPERATOR_PASSWORD).getBytes(StandardCharsets.UTF_8))));
        secrets.addAll(tokens);
        secrets.addAll(passwords);
        return secrets;
    }

    private void overhear(SimulatorOptions.Exchange exchange) {
        add(TOKEN.matcher(exchange.answer()), tokens);
        add(PASSWORD.matcher(exchange.body()), passwords);
    }

    private void overhearSignature(SimulatorOptions.Head head) {
        add(SIGNATURE.matcher(head.headers().getOrDefault("authorization", "")), signatures);
    }

    private static void add(Matcher found, Queue<String> all) {
        if (found.find()) {
            all.add(found.group(1));
        }
    }
}

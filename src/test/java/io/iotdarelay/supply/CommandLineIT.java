package io.iotdarelay.supply;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.simulator.ApplicationAccess;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.LocalKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verbs of the jar that the build has just made, as processes, against a broker and a platform. */
@Execution(ExecutionMode.CONCURRENT)
class CommandLineIT {

    private static final Path JAR = Path.of("target/iotda-relay.jar");
    private static final String SECRET = "planted-secret-4711";
    private static final String PASSWORD = "planted-password-4711";

    @TempDir
    private Path folder;

    private final List<String> printed = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    /** What a verb printed, and how it ended. */
    private record Output(int exitCode, String out, String err) {

        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    @Test
    void goesFromAnUnknownTopicToACheckedRoute() throws Exception {
        try (Simulator simulator = Simulator.start()) {
            // Given
            LocalKafka kafka = LocalKafka.shared();
            kafka.createTopic("verbs.meters", 3, "max.message.bytes=1000000");
            kafka.createTopic("verbs.dlt", 1, "max.message.bytes=2000000");
            produce(kafka);
            simulator.register(SimulatedDevice.direct("meter-0", SECRET));
            configure(kafka.bootstrapServers(), simulator);

            // When
            Output suggestion = run("suggest", "--config=base.yaml", "--topic=verbs.meters", "--last=50");
            write("routes.yaml", suggestion.out());
            Output tried = run(
                    "try", "--config=base.yaml", "--config=routes.yaml", "--topic=verbs.meters", "--last=30", "--json");
            Output checked = run(with(
                    platform(simulator), "check", "--config=base.yaml", "--config=routes.yaml", "--connect", "--json"));
            environment.clear();
            Output sarif = run(
                    "check", "--config=base.yaml", "--config=routes.yaml", "--connect", "--device=meter-0", "--sarif");

            // Then
            assertThat(suggestion.out())
                    .contains(
                            "# device ID? /device: 2 different values, 1 of them in the directory",
                            "device-id: /device",
                            "event-time: /ts",
                            "temp: { from: /temp, type: decimal }");
            assertThat(suggestion.exitCode()).isZero();
            JsonNode outcomes = tried.json().path("outcomes");
            assertThat(tried.json().path("records").asInt()).isEqualTo(30);
            assertThat(outcomes.valueStream().map(one -> one.path("outcome").asString()))
                    .containsExactlyInAnyOrder("delivered", "rejected");
            assertThat(tried.exitCode()).isEqualTo(1);
            assertThat(checked.json().path("findings")).as(checked.out()).isEmpty();
            assertThat(checked.json().path("checked").toString())
                    .contains("kafka", "iotda (device meter-0)", "platform");
            assertThat(checked.exitCode()).as(checked.err()).isZero();
            assertThat(sarif.json().path("runs").path(0).path("results")).isEmpty();
            assertThat(kafka.administer(admin -> admin.listGroups().all().get()).stream()
                            .filter(group -> group.groupId().equals("verbs")))
                    .isEmpty();
            assertNothingSecretWasPrinted();
        }
    }

    /** The application side of a simulator, by arguments; its key is in the environment. */
    private List<String> platform(Simulator simulator) {
        ApplicationAccess access = simulator.application().access();
        environment.putIfAbsent("RELAY_PLATFORM_SECRETKEY", access.secretKey());
        return List.of(
                "--relay.platform.endpoint=" + simulator.endpoint(),
                "--relay.platform.ssl-bundle=platform",
                "--relay.platform.region=" + access.region(),
                "--relay.platform.project-id=" + access.projectId(),
                "--relay.platform.access-key=" + access.accessKey());
    }

    private static String[] with(List<String> more, String... arguments) {
        return Stream.concat(Stream.of(arguments), more.stream()).toArray(String[]::new);
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        try (Simulator simulator = Simulator.start();
                LocalKafka kafka = LocalKafka.withPermissions(Map.of("relay", PASSWORD))) {
            // Given
            kafka.createTopic("readable", 1, "max.message.bytes=1000000");
            kafka.createTopic("described", 1);
            kafka.createTopic("verbs.dlt", 1, "max.message.bytes=1000000");
            try (Producer<byte[], byte[]> producer = kafka.producer()) {
                var unused = producer.send(new ProducerRecord<>("described", bytes("k"), bytes("{}")));
            }
            permit(kafka, ResourceType.TOPIC, "readable", AclOperation.READ);
            permit(kafka, ResourceType.TOPIC, "readable", AclOperation.DESCRIBE_CONFIGS);
            permit(kafka, ResourceType.TOPIC, "described", AclOperation.DESCRIBE);
            permit(kafka, ResourceType.TOPIC, "missing", AclOperation.DESCRIBE);
            permit(kafka, ResourceType.TOPIC, "verbs.dlt", AclOperation.DESCRIBE_CONFIGS);
            permit(kafka, ResourceType.TOPIC, "verbs.dlt", AclOperation.DESCRIBE);
            simulator.register(SimulatedDevice.direct("meter-0", "another"));
            configure(kafka.otherBootstrapServers(), simulator);
            write("routes.yaml", """
                    spring.kafka:
                      security.protocol: SASL_PLAINTEXT
                      properties:
                        sasl.mechanism: PLAIN
                        sasl.jaas.config: org.apache.kafka.common.security.plain.PlainLoginModule required username="relay" password="%s";
                    relay.routes:
                      - name: r
                        topics: [readable, described, missing, secret]
                        to: properties
                        device-id: key
                      - name: p
                        topic-pattern: nothing\\..*
                        to: properties
                        device-id: key
                    """.formatted(PASSWORD));

            // When
            environment.put("RELAY_PLATFORM_SECRETKEY", SECRET);
            Output checked =
                    run(with(platform(simulator), "check", "--config=base.yaml", "--config=routes.yaml", "--connect"));
            environment.clear();

            // Then
            assertThat(checked.out())
                    .contains(
                            "error  kafka  relay.routes: not permitted to READ topic described",
                            "error  kafka  relay.routes: topic missing does not exist",
                            "error  kafka  relay.routes: not permitted to DESCRIBE topic secret",
                            "warning  kafka  relay.routes: the topic-pattern of route p matches no topic",
                            "error  kafka  spring.kafka.consumer.group-id: not permitted to READ group verbs",
                            "error  dead-letter  relay.dead-letter.topic: not permitted to WRITE topic verbs.dlt",
                            "max.message.bytes of topic verbs.dlt is 1000000, which is not 16 KB more than",
                            "error  iotda  relay.iotda.endpoint: device meter-0 cannot authenticate: ",
                            "error  platform  relay.platform.endpoint: the application side answers HTTP 401 IOTDA.000002")
                    .doesNotContain("READ topic readable");
            assertThat(checked.exitCode()).isEqualTo(1);
            simulator.presentUntrustedCertificate();
            assertThat(run("check", "--config=base.yaml", "--config=routes.yaml", "--connect", "--no-authentication")
                            .out())
                    .contains("error  iotda  relay.iotda.endpoint: ")
                    .doesNotContain("cannot authenticate");
            assertThat(run("try", "--config=base.yaml", "--config=routes.yaml", "--topic=described", "--last=1")
                            .err())
                    .contains("not permitted to READ");
            assertNothingSecretWasPrinted();
        }
    }

    @Test
    void anUnreachableBrokerEndsSoon() throws Exception {
        try (Simulator simulator = Simulator.start()) {
            configure("127.0.0.1:1", simulator);

            Output suggestion = run("suggest", "--config=base.yaml", "--topic=x");

            assertThat(suggestion.err()).contains("cannot reach Kafka: cannot connect to 127.0.0.1:1");
            assertThat(suggestion.exitCode()).isEqualTo(1);
        }
    }

    /** Files beside it, profiles, imports, variables and arguments, each with its precedence. */
    @Test
    void readsTheConfigurationFromWhereTheServiceDoes() throws Exception {
        write("application.yaml", """
                spring.config.import: "optional:file:imported.yaml"
                relay.lane.linger: beside
                relay.tokens.x: ${IN_A_PLACEHOLDER}
                """);
        write("imported.yaml", "relay.source.commit-interval: imported");
        write("application-plant.yaml", "relay.iotda.connect-timeout: profile");
        environment.put("SPRING_PROFILES_ACTIVE", "plant");
        environment.put("RELAY_DEVICES_UNKNOWNGRACE", "variable");
        environment.put("SPRING_APPLICATION_JSON", "{\"relay\":{\"dead-letter\":{\"probe-every\":\"json\"}}}");
        environment.put("IN_A_PLACEHOLDER", "placeholder");

        Output checked = run("check", "--relay.iotda.response-timeout=argument");

        assertThat(checked.out())
                .contains(
                        "relay.lane.linger: must be a duration such as 500ms, 5s, 10m, not 'beside'",
                        "not 'imported'",
                        "not 'profile'",
                        "not 'variable'",
                        "not 'json'",
                        "not 'argument'",
                        "relay.tokens.x: unknown property");
        assertThat(checked.exitCode()).isEqualTo(1);
    }

    @Test
    void aWrongCommandLineEndsWithTwo() throws Exception {
        Output unknown = run("chekc");

        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("Did you mean", "check");
        assertThat(run("--version").out()).startsWith("iotda-relay ").doesNotContain("not built");
        assertThat(run("test", "--help").exitCode()).isZero();
    }

    /** The service asks whether there is a verb, and loads nothing more. */
    @Test
    void theServiceLoadsNoVerb() throws Exception {
        Output service = start(List.of("-Xlog:class+load:stdout"), "--relay.lane.linger=soon", "--server.port=0");

        assertThat(service.exitCode()).isEqualTo(1);
        assertThat(service.out())
                .contains("io.iotdarelay.commands.Verbs ")
                .doesNotContain("picocli", "io.iotdarelay.commands.Commands", "io.iotdarelay.CommandLineStart");
    }

    private static void produce(LocalKafka kafka) {
        try (Producer<byte[], byte[]> producer = kafka.producer()) {
            for (int i = 0; i < 40; i++) {
                String value = "{\"device\":\"meter-%d\",\"ts\":%d,\"temp\":%d.5}"
                        .formatted(i % 2, System.currentTimeMillis(), i);
                var unused = producer.send(new ProducerRecord<>("verbs.meters", bytes("gateway-" + i), bytes(value)));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void permit(LocalKafka kafka, ResourceType type, String name, AclOperation operation) {
        AclBinding binding = new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:relay", "*", operation, AclPermissionType.ALLOW));
        kafka.administer(admin -> admin.createAcls(List.of(binding)).all().get());
    }

    private void configure(String servers, Simulator simulator) throws IOException {
        write("ca.pem", simulator.certificateAuthority());
        write("devices.csv", "device_id,secret,gateway_id\nmeter-0," + SECRET + ",\n");
        write("base.yaml", """
                spring:
                  kafka:
                    bootstrap-servers: %s
                    consumer.group-id: verbs
                  ssl.bundle.pem.platform.truststore.certificate: file:ca.pem
                relay:
                  iotda: { endpoint: "%s", ssl-bundle: platform }
                  devices.file: file:devices.csv
                  dead-letter.topic: verbs.dlt
                """.formatted(servers, simulator.endpoint()));
    }

    private void write(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private Output run(String... arguments) throws IOException, InterruptedException {
        return start(List.of(), arguments);
    }

    private Output start(List<String> options, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m"));
        command.addAll(options);
        command.addAll(List.of("-jar", JAR.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        ProcessBuilder process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        process.environment().putAll(environment);
        int exitCode = process.start().waitFor();
        Output output = new Output(exitCode, Files.readString(out), Files.readString(err));
        printed.add(output.out() + output.err());
        return output;
    }

    private void assertNothingSecretWasPrinted() {
        assertThat(printed).isNotEmpty().allSatisfy(text -> assertThat(text).doesNotContain(SECRET, PASSWORD));
    }
}

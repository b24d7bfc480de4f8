package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.SimulatorProgram;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.RelayProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The demonstration without a cluster: the jars that the build has just made, with the files and arguments of the overlay, and the
 * records that its script writes.
 */
class DemoOverlayIT {

    private static final Path JAR = Path.of("target/iotda-relay.jar");
    private static final String TOPIC = "telemetry.meters";

    /** One of them is broken. */
    private static final int RECORDS = 100;

    @TempDir
    private Path folder;

    @Test
    void deliversWhatItsProducerWrites() throws Exception {
        // Given
        Rendering rendering = Kustomize.rendered(Path.of("k8s/overlays/demo"));
        rendering.manifests().forEach(this::unpack);
        LocalKafka kafka = LocalKafka.shared();
        kafka.createTopic(TOPIC, 3);
        kafka.createTopic("iotda-relay.dlt", 1, "max.message.bytes=1064960");
        try (SimulatorProgram simulator =
                        SimulatorProgram.start(folder.resolve("errors"), simulatorArguments(rendering));
                RelayProcess relay = RelayProcess.startJar(
                        JAR,
                        RelayProcess.SMALL,
                        "--spring.config.additional-location=file:" + folder.resolve("relay.yaml"),
                        "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "--spring.ssl.bundle.pem.simulator.truststore.certificate=file:" + folder.resolve("ca.pem"),
                        "--relay.iotda.endpoint=" + simulator.endpoint(),
                        "--relay.devices.file=file:" + folder.resolve("devices.csv"),
                        "--server.port=0")) {
            relay.awaitPort();

            // When
            List<String> lines = produced();
            try (Producer<byte[], byte[]> producer = kafka.producer()) {
                for (String line : lines) {
                    String[] parts = line.split("\\|", 2);
                    var unused = producer.send(new ProducerRecord<>(TOPIC, bytes(parts[0]), bytes(parts[1])));
                }
            }

            // Then
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () -> assertThat(simulator.ledger("/accepted").path("accepted"))
                                    .as(() -> String.join("\n", relay.output()))
                                    .hasSize(RECORDS - 1));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(kafka.count("iotda-relay.dlt")).isEqualTo(1));
            assertThat(simulator.ledger("/accepted").path("accepted")).allSatisfy(report -> {
                assertThat(report.path("service").asString()).isEqualTo("Meter");
                assertThat(report.at("/content/temperature").isNumber()).isTrue();
                assertThat(report.path("discarded").asBoolean()).isFalse();
                assertThat(report.path("event_time").asString()).matches(".*\\.000Z");
            });
        }
    }

    /** By the broker's own reading; its storage is formatted from the same file. */
    @Test
    void theBrokerUnderstandsItsProperties() throws IOException {
        // Given
        Rendering rendering = Kustomize.rendered(Path.of("k8s/overlays/demo"));
        rendering.manifests().forEach(this::unpack);
        Path file = folder.resolve("server.properties");
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(file)));
        Files.writeString(file, "\nlog.dirs=" + folder.resolve("data") + "\n", StandardOpenOption.APPEND);
        String command = rendering
                .the("Deployment", "kafka")
                .container("kafka")
                .orElseThrow()
                .at("/command/2")
                .asString();
        String id = command.replaceAll(".*--cluster-id (\\S+).*", "$1");

        // When
        KafkaConfig config = KafkaConfig.fromProps(properties);
        int exitCode = StorageTool.execute(
                new String[] {"format", "--ignore-formatted", "--cluster-id", id, "--config", file.toString()},
                new PrintStream(OutputStream.nullOutputStream()));

        // Then
        assertThat(KafkaConfig.configDef().names()).containsAll(properties.stringPropertyNames());
        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(exitCode).isZero();
        assertThat(properties.getProperty("advertised.listeners"))
                .isEqualTo("PLAINTEXT://" + rendering.the("Service", "kafka").name() + ":9092");
    }

    /** What the script writes, with programs in the place of Kafka's that let it through. */
    private List<String> produced() throws IOException {
        Path programs = Files.createDirectory(folder.resolve("bin"));
        program(programs.resolve("kafka-topics.sh"), "exit 0");
        program(programs.resolve("kafka-console-producer.sh"), "exec cat");
        ProcessBuilder script = new ProcessBuilder(
                        "bash", folder.resolve("produce.sh").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        script.environment().put("KAFKA_BIN", programs.toString());
        script.environment().put("PAUSE", "0");
        script.environment().put("FAILED", folder.resolve("failed").toString());
        Process process = script.start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            return output.lines().limit(RECORDS).toList();
        } finally {
            Stream.concat(process.descendants(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroy);
        }
    }

    /** Its pod has a liveness probe that looks for the file. */
    @Test
    void theProducerNoticesABrokerThatLostItsTopics() throws Exception {
        // Given
        Rendering rendering = Kustomize.rendered(Path.of("k8s/overlays/demo"));
        rendering.manifests().forEach(this::unpack);
        Path failed = Files.writeString(folder.resolve("failed"), "of the container before");
        Path programs = Files.createDirectory(folder.resolve("bin"));
        program(programs.resolve("kafka-topics.sh"), "exit 0");
        program(
                programs.resolve("kafka-console-producer.sh"),
                "read first; while ! test -e " + folder.resolve("lost")
                        + "; do sleep 0.05; done; echo '[2026-11-30] ERROR Error when sending message' >&2; exec cat >/dev/null");
        ProcessBuilder script = new ProcessBuilder(
                        "bash", folder.resolve("produce.sh").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        script.environment().put("KAFKA_BIN", programs.toString());
        script.environment().put("FAILED", failed.toString());

        // When
        Process process = script.start();
        try {
            // Then
            await().until(() -> !Files.exists(failed));
            Files.createFile(folder.resolve("lost"));
            await().until(() -> Files.exists(failed));
            assertThat(rendering
                            .the("Deployment", "producer")
                            .container("producer")
                            .orElseThrow()
                            .at("/livenessProbe/exec/command/2")
                            .asString())
                    .isEqualTo("! test -e /tmp/failed");
        } finally {
            Stream.concat(process.descendants(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroy);
        }
    }

    private static void program(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private void unpack(Manifest manifest) {
        if (List.of("ConfigMap", "Secret").contains(manifest.kind())) {
            manifest.data().forEach((name, content) -> {
                try {
                    Path file = Files.writeString(folder.resolve(name), content);
                    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /** Those of the container, with the folder in the place of its mounts. */
    private List<String> simulatorArguments(Rendering rendering) {
        Manifest workload = rendering.the("Deployment", "iotda-simulator");
        JsonNode container = workload.container("simulator").orElseThrow();
        List<String> arguments = new ArrayList<>();
        for (JsonNode argument : container.path("args")) {
            String text = argument.asString();
            for (JsonNode mount : container.path("volumeMounts")) {
                text = text.replace(mount.path("mountPath").asString(), folder.toString());
            }
            arguments.add(text);
        }
        arguments.add("--ca=" + folder.resolve("ca.pem"));
        return arguments;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

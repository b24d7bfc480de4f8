package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.FakeRegistry;
import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.NullNode;

/** Commands read values whose schemas are in a registry. */
class RegistryAccessTest {

    private static final Path SHAPE = Path.of("src/test/resources/shapes/avro-confluent");
    private static final String SCHEMA = Yaml.text(SHAPE.resolve("schema.avsc"));
    private static final String TOKEN = "planted-token-4711";

    @TempDir
    private Path folder;

    private final FakeRegistry registry =
            FakeRegistry.requiring("Bearer " + TOKEN).with(7, "AVRO", SCHEMA);

    @AfterEach
    void stop() {
        registry.close();
    }

    private Workplace place(String url, String token) {
        Workplace place = new Workplace(folder);
        place.write("relay.yaml", """
                spring.kafka.bootstrap-servers: 127.0.0.1:1
                relay:
                  iotda.endpoint: https://localhost:1
                  devices.file: file:%s
                  registry: { url: "%s", token: %s, connect-timeout: 1s, response-timeout: 1s }
                  routes:
                    - name: climate
                      topics: [shape.avro-confluent]
                      to: properties
                      format: avro
                      device-id: /device
                      services:
                        - { id: Climate, event-time: /ts, properties: { temperature: /temp } }
                """.formatted(place.path("devices.csv"), url, token));
        place.write("devices.csv", "device_id,secret\nm-1,x\n");
        return place;
    }

    private Workplace place() {
        return place(registry.url(), TOKEN);
    }

    @Test
    void tryReadsThem() {
        CommandRun run = CommandRun.of("try", place().config(), SHAPE.toString());

        assertThat(run.out()).contains("outcome  delivered", "\"temperature\" : 21.5");
        assertThat(run.exitCode()).isZero();
        assertThat(registry.asked()).containsExactly("/schemas/ids/7");
    }

    @Test
    void suggestFindsOutWhichFormatItIs() {
        CommandRun run = CommandRun.of("suggest", place().config(), "--records=" + SHAPE);

        assertThat(run.out())
                .contains(
                        "format: avro",
                        "# device ID? /device: 1 value, 1 of them in the directory",
                        "# tried with 1 of them: delivered");
        assertThat(run.out() + run.err()).doesNotContain(TOKEN);
    }

    @Test
    void testRunsCasesThatNeedThem() throws IOException {
        Workplace place = place();
        Files.createDirectories(place.path("cases/avro"));
        try (Stream<Path> files = Files.list(SHAPE)) {
            for (Path file : files.toList()) {
                Files.copy(file, place.path("cases/avro").resolve(file.getFileName()));
            }
        }

        CommandRun run =
                CommandRun.of("test", place.config(), place.path("cases").toString());

        assertThat(run.out()).isEqualTo("pass  avro\n1 case, 0 failed\n");
    }

    /** What would hold the partition up is not taken for a dead letter. */
    @Test
    void aRegistryThatDoesNotAnswerIsNoReasonForADeadLetter() {
        Workplace place = place(registry.url(), "wrong");

        CommandRun tried = CommandRun.of("try", place.config(), SHAPE.toString());
        CommandRun json = CommandRun.of("try", place.config(), "--json", SHAPE.toString());
        CommandRun summary = CommandRun.of(
                "try",
                place.config(),
                "--route=climate",
                "--json",
                "--lines",
                lines(place).toString());
        CommandRun suggestion = CommandRun.of("suggest", place.config(), "--records=" + SHAPE);
        CommandRun test = CommandRun.of("test", place.config(), SHAPE.toString());

        assertThat(tried.out())
                .contains("outcome  waits for its schema, with its partition: the schema registry ", "answers 401");
        assertThat(tried.exitCode()).isEqualTo(1);
        assertThat(json.json().path("records").path(0).path("outcome").asString())
                .isEqualTo("waiting");
        assertThat(json.json().path("records").path(0).path("why").asString()).contains("answers 401");
        assertThat(summary.out()).contains("\"outcome\" : \"waiting\"");
        assertThat(suggestion.out())
                .contains("# 1 cannot be read: a schema registry's wire format: the schema registry ", "answers 401");
        assertThat(test.out()).contains("the record waits for its schema: ", "answers 401");
        // Once for each command, whatever the number of records.
        assertThat(registry.asked()).hasSizeLessThan(8);
    }

    /** More than are shown one by one. */
    private static Path lines(Workplace place) {
        return place.write("records.txt", "\0\0\0\0\7x\n".repeat(30));
    }

    @Test
    void saysThatNoneIsConfigured() {
        assertThat(CommandRun.of("suggest", "--records=" + SHAPE).out())
                .contains("a schema registry's wire format: no schema registry is configured: set relay.registry.url");
    }

    @Test
    void checkAsksTheRegistryOnlyToConnect() {
        CommandRun run = CommandRun.of("check", place().config());

        assertThat(run.out()).doesNotContain("error");
        assertThat(registry.asked()).isEmpty();
        assertThat(CommandRun.of("check", place().config(), "--connect", "--no-authentication", "--json")
                        .json()
                        .path("checked")
                        .toString())
                .contains("\"registry\"");
        assertThat(registry.asked()).containsExactly("/schemas/types");
        assertThat(CommandRun.of("check", place("http://127.0.0.1:1", "x").config(), "--connect", "--no-authentication")
                        .out())
                .contains("error  registry  relay.registry.url: the schema registry cannot be reached");
    }

    @Test
    void checkSendsNoTokenToARegistryWhoseBundleCannotBeUsed() {
        Workplace place = place();
        place.write(
                "bundle.yaml",
                "spring.ssl.bundle.pem.own.truststore.certificate: file:" + place.write("broken.pem", "no certificate")
                        + "\nrelay.registry.ssl-bundle: own\n");

        CommandRun run = CommandRun.of(
                "check",
                place.config() + "," + place.path("bundle.yaml"),
                "--connect",
                "--no-authentication",
                "--json");

        assertThat(run.json().path("findings").toString()).contains("spring.ssl.bundle.own");
        assertThat(run.json().path("checked").toString()).doesNotContain("\"registry\"");
        assertThat(registry.asked()).isEmpty();
    }

    private static SourceRecord record(int offset, String text) {
        return new SourceRecord(
                new RecordPosition("t", 0, offset),
                Instant.EPOCH,
                null,
                text.isEmpty() ? null : text.getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    @Test
    void checkReadsTheLastRecordsOfTopicsThatNeedSchemas() {
        Configured configured = CommandRun.configuration(place().config());
        Surroundings.Schemas schemas = new Surroundings.Schemas() {
            @Override
            public List<String> ask() {
                return List.of();
            }

            @Override
            public RecordDecoder of(Encoding encoding) {
                return record -> switch (new String(record.value(), StandardCharsets.UTF_8)) {
                    case "good" -> new Decoding.Decoded(NullNode.getInstance());
                    case "bad" -> new Decoding.Undecodable("the registry does not have schema 9");
                    default -> new Decoding.Awaiting("it does not answer");
                };
            }

            @Override
            public void close() {}
        };

        place().write(
                        "pattern.yaml",
                        "relay.routes: [{ name: p, topic-pattern: 'shape[.].*', to: message, format: avro,"
                                + " device-id: /device }]\nrelay.registry.url: http://127.0.0.1:1\n");
        Configured byPattern = CommandRun.configuration("--config=" + place().path("pattern.yaml"));

        assertThat(findings(schemas, byPattern, "bad"))
                .containsExactly("WARNING the schemas of route p were not looked up, for a pattern finds its topics:"
                        + " try --topic does it");
        assertThat(findings(schemas, configured, "good", "", "good")).isEmpty();
        assertThat(findings(schemas, configured, "good", "bad", "", "bad"))
                .containsExactly("WARNING 2 of the last 3 records of topic shape.avro-confluent cannot be read: "
                        + "the registry does not have schema 9");
        assertThat(findings(schemas, configured, "late"))
                .containsExactly("ERROR 1 of the last 1 records of topic shape.avro-confluent cannot be read: "
                        + "it does not answer");
        assertThat(new RegistryChecks(schemas, configured.places())
                        .all(
                                configured.routes().orElseThrow(),
                                (topic, count, atMost) -> new TopicReader.Reading.Failed("Kafka is away"),
                                Duration.ZERO))
                .isEmpty();
    }

    private static List<String> findings(Surroundings.Schemas schemas, Configured configured, String... values) {
        List<SourceRecord> records =
                Stream.of(values).map(value -> record(0, value)).toList();
        return new RegistryChecks(schemas, configured.places())
                        .all(
                                configured.routes().orElseThrow(),
                                (topic, count, atMost) -> new TopicReader.Reading.Read(records, true),
                                Duration.ZERO)
                        .stream()
                        .map(finding -> finding.severity() + " " + finding.message())
                        .toList();
    }
}

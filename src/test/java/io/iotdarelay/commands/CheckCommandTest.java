package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.testing.Authority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CheckCommandTest {

    @TempDir
    private Path folder;

    private Workplace place;

    @BeforeEach
    void configure() {
        place = Workplace.valid(folder);
    }

    @Test
    void findsNothingInAValidConfiguration() {
        CommandRun run = CommandRun.of("check", place.config());

        assertThat(run.out())
                .isEqualTo("checked: configuration, mapping, directory, tls, permissions\nnothing found\n");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void saysWhichModelsItDoesNotKnow() {
        place.write("model.json", """
            {"service_capabilities":[{"service_id":"Meter","properties":[]}]}""");
        place.change("  routes:", """
              platform:
                endpoint: https://localhost:1
                region: cn-north-4
                project-id: 0a1b2c3d4e5f60718293a4b5c6d7e8f9
                access-key: AK
                secret-key: SK
              models.products:
                meter: { platform: true }
                known: { platform: true, file: "file:%s" }
              routes:""".stripIndent().indent(2).stripTrailing().formatted(place.path("model.json")));

        CommandRun run = CommandRun.of("check", place.config());

        assertThat(run.out())
                .isEqualTo("checked: configuration, mapping (without the models of products that only the platform has:"
                        + " meter), directory, tls, permissions\nnothing found\n");
    }

    @Test
    void listsEverythingThatKeepsTheServiceFromStarting() {
        place.change("scale: 0.1", "scael: 0.1");
        place.change("iotda.endpoint: https", "iotda.endpoint: http");
        place.change("device-id: /device_id", "device-id: device_id");

        CommandRun run = CommandRun.of("check", place.config());

        assertThat(run.out())
                .contains(
                        "error  configuration  relay.iotda.endpoint: 'http://localhost:1' must be https://",
                        "error  mapping  relay.routes[0].services[0].properties[voltage].scael: unknown property",
                        "did you mean 'scale'?",
                        "error  mapping  relay.routes[0].device-id: 'device_id' is",
                        "relay.yaml:")
                .endsWith("3 errors, 0 warnings\n");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void readsAMappingInAFileOfItsOwn() {
        Path mapping = place.write("mapping.yaml", Workplace.MAPPING.stripIndent());
        place.change(Workplace.MAPPING, "  mapping: file:" + mapping + "\n");

        assertThat(CommandRun.of("check", place.config()).lines()).last().isEqualTo("nothing found");

        place.write("mapping.yaml", Workplace.MAPPING.stripIndent().replace("device-id: /", "device-id: "));

        assertThat(CommandRun.of("check", place.config()).out())
                .contains("relay.routes[0].device-id: 'device_id' is", "mapping.yaml")
                .endsWith("1 error, 0 warnings\n");
    }

    @Test
    void pointsToTheLine() {
        place.change("device-id: /device_id", "device-id: device_id");

        JsonNode finding = CommandRun.of("check", place.config(), "--json")
                .json()
                .path("findings")
                .path(0);

        assertThat(finding.path("rule").asString()).isEqualTo("mapping");
        assertThat(finding.path("file").asString())
                .isEqualTo(place.path("relay.yaml").toString());
        assertThat(finding.path("line").asInt()).isEqualTo(9);
    }

    @Test
    void readsTheConfigurationAsTheServiceDoes() {
        CommandRun run = CommandRun.of(
                "check",
                "--spring.config.additional-location=file:" + place.path("relay.yaml"),
                "--relay.lane.linger=soon");

        assertThat(run.out()).contains("relay.lane.linger: must be a duration");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void saysThatAFileIsMissing() {
        CommandRun run = CommandRun.of("check", "--config=" + place.path("another.yaml"));

        assertThat(run.out()).contains("error  configuration  ", "another.yaml").doesNotContain("Exception");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void showsNoLineOfAFileThatCannotBeRead() {
        place.write("relay.yaml", "relay:\n  x: \"" + Workplace.SECRET + "\n  y: 1\n");

        CommandRun run = CommandRun.of("check", place.config());

        assertThat(run.out()).contains("invalid YAML").doesNotContain(Workplace.SECRET);
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void readsTheDirectoryAndShowsNoSecret() {
        place.write(
                "devices.csv",
                "device_id,secret,gateway_id\nmeter-1," + Workplace.SECRET + ",\nmeter/2," + Workplace.SECRET
                        + ",\nchild-1,,nobody\n");

        CommandRun run = CommandRun.of("check", place.config(), "--json");

        assertThat(run.json()
                        .path("findings")
                        .valueStream()
                        .map(one -> one.path("message").asString()))
                .containsExactly(
                        "line 3: device_id is missing or invalid",
                        "1 entries name a gateway that has no entry with a secret: child-1 (nobody)");
        assertThat(run.json().path("findings").path(0).path("line").asInt()).isEqualTo(3);
        assertThat(run.out()).doesNotContain(Workplace.SECRET);
        assertThat(run.exitCode()).isZero();
        assertThat(CommandRun.of("check", place.config(), "--strict").exitCode())
                .isEqualTo(1);
    }

    @Test
    void warnsOfARouteThatMaySpeakForNoDevice() {
        place.change("device-id: /device_id", "device-id: /device_id\n      devices.group: team-a");

        assertThat(CommandRun.of("check", place.config()).out())
                .contains(
                        "warning  mapping  relay.routes[0].devices: route meters may speak for no device of the directory"
                                + " file");

        place.write("devices.csv", "device_id,secret,gateway_id,group\nmeter-1," + Workplace.SECRET + ",,team-a\n");

        assertThat(CommandRun.of("check", place.config()).lines()).last().isEqualTo("nothing found");
    }

    @Test
    void saysThatTheDirectoryIsMissing() throws IOException {
        Files.delete(place.path("devices.csv"));

        CommandRun run = CommandRun.of("check", place.config());

        assertThat(run.out()).contains("error  directory  relay.devices.file: ", "cannot be read: NoSuchFileException");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void warnsOfSecretsThatEverybodyMayRead() throws IOException {
        Files.setPosixFilePermissions(place.path("devices.csv"), PosixFilePermissions.fromString("rw-r--r--"));

        CommandRun run = CommandRun.of("check", place.config());

        assertThat(run.out()).contains("warning  permissions  relay.devices.file: ", "every user");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void checksTheKeysOfTokens() throws IOException {
        place.change("relay:\n", """
                relay:
                  tokens: { store: topic, keys: "file:%s", key: "2026-12" }
                """.formatted(place.path("token-keys")));
        assertThat(CommandRun.of("check", place.config()).out())
                .contains(
                        "error  configuration  relay.tokens.keys: ", "token-keys cannot be read: NoSuchFileException");

        place.write("token-keys/2026-11", Base64.getEncoder().encodeToString(new byte[31]));
        assertThat(CommandRun.of("check", place.config()).out())
                .contains("error  configuration  relay.tokens.keys: the key 2026-11 has 31 bytes instead of 32");

        place.write("token-keys/2026-11", Base64.getEncoder().encodeToString(new byte[32]));
        assertThat(CommandRun.of("check", place.config()).out())
                .contains("error  configuration  relay.tokens.key: there is no file '2026-12' in ");

        Path key = place.write("token-keys/2026-12", Base64.getEncoder().encodeToString(new byte[32]));
        assertThat(CommandRun.of("check", place.config()).out()).endsWith("nothing found\n");

        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(CommandRun.of("check", place.config()).out())
                .contains("warning  permissions  relay.tokens.keys: " + key + " holds secrets, and every user");
    }

    @Test
    void checksEachBundleAndItsCertificates() {
        var issued = Authority.create();
        place.write("old.pem", issued.issue(Instant.now().minusSeconds(60)).getCertificatePathPEM());
        place.write(
                "soon.pem", issued.issue(Instant.now().plus(Duration.ofDays(3))).getCertificatePathPEM());
        place.write("none.pem", "nothing");
        String pem = "--spring.ssl.bundle.pem.";

        CommandRun run = CommandRun.of(
                "check",
                place.config(),
                pem + "old.truststore.certificate=" + place.path("old.pem").toUri(),
                pem + "soon.truststore.certificate=" + place.path("soon.pem").toUri(),
                pem + "none.truststore.certificate=" + place.path("none.pem").toUri(),
                pem + "lost.truststore.certificate=file:/nowhere/ca.pem",
                "--relay.iotda.ssl-bundle=another",
                "--relay.registry.url=https://localhost:1",
                "--relay.registry.ssl-bundle=none",
                "--spring.kafka.ssl.bundle=none");

        assertThat(run.out())
                .contains(
                        "error  tls  spring.ssl.bundle.old: every certificate that it trusts has expired",
                        "warning  tls  spring.ssl.bundle.soon: the trusted certificate ",
                        "error  tls  spring.ssl.bundle.none: ",
                        "error  tls  spring.ssl.bundle.lost: ",
                        "error  configuration  relay.iotda.ssl-bundle: there is no usable SSL bundle 'another'",
                        "error  configuration  relay.registry.ssl-bundle: there is no usable SSL bundle 'none'",
                        "error  configuration  spring.kafka.ssl.bundle: there is no usable SSL bundle 'none'");
    }

    @Test
    void reportsAnEnvironmentThatCannotBeReadAtAll() {
        String key = "spring.ssl.bundle.pem.a.reload-on-update";
        System.setProperty(key, "maybe");
        try {
            CommandRun run = CommandRun.of("check", place.config());

            assertThat(run.out()).contains("error  configuration  configuration: ", key);
            assertThat(run.exitCode()).isEqualTo(1);
        } finally {
            System.clearProperty(key);
        }
    }

    @Test
    void reportsAnInvalidValueThatCommandsNeedThemselves() {
        CommandRun run = CommandRun.of(
                "check", place.config(), "--relay.lane.max-request-size=large", "--relay.records.max-reports=many");

        assertThat(run.out())
                .contains(
                        "relay.lane.max-request-size: must be a size",
                        "relay.records.max-reports: must be a number",
                        "2 errors, 0 warnings");
        assertThat(CommandRun.with(
                                Workplace.RECORD,
                                "try",
                                place.config(),
                                "--relay.lane.max-request-size=large",
                                "--relay.records.max-reports=many")
                        .out())
                .contains("outcome  delivered");
    }

    @Test
    void asksKafkasClientsWhetherTheyTakeTheirConfiguration() {
        CommandRun run = CommandRun.of(
                "check", place.config(), "--spring.kafka.consumer.properties.fetch.min.bytes=" + Workplace.SECRET);

        assertThat(run.out())
                .contains("spring.kafka.consumer: Kafka's client refuses the value of fetch.min.bytes")
                .doesNotContain(Workplace.SECRET);
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void writesSarif() {
        place.change("device-id: /device_id", "device-id: device_id");

        JsonNode sarif = CommandRun.of("check", place.config(), "--sarif").json();

        assertThat(sarif.path("version").asString()).isEqualTo("2.1.0");
        JsonNode run = sarif.path("runs").path(0);
        assertThat(run.path("tool").path("driver").path("name").asString()).isEqualTo("iotda-relay");
        JsonNode result = run.path("results").path(0);
        assertThat(run.path("tool")
                        .path("driver")
                        .path("rules")
                        .valueStream()
                        .map(rule -> rule.path("id").asString()))
                .contains(result.path("ruleId").asString())
                .doesNotHaveDuplicates();
        assertThat(result.path("level").asString()).isEqualTo("error");
        assertThat(result.path("message").path("text").asString()).startsWith("relay.routes[0].device-id: ");
        JsonNode physical = result.path("locations").path(0).path("physicalLocation");
        assertThat(physical.path("artifactLocation").path("uri").asString())
                .startsWith("file:///")
                .endsWith("relay.yaml");
        assertThat(physical.path("region").path("startLine").asInt()).isEqualTo(9);
    }

    @Test
    void refusesAWrongCommandLine() {
        assertThat(CommandRun.of("check", "--jsno").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("check", "--json", "--sarif").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("chekc").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("chekc").err()).contains("check");
        assertThat(CommandRun.of("check", "--help").exitCode()).isZero();
        assertThat(CommandRun.of("--version").out()).isEqualTo("iotda-relay 1.0\n");
    }
}

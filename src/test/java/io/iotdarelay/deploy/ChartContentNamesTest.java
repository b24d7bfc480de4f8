package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Yaml;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What a revision's pods read is theirs: its name is made of its content, it never changes, and no other revision takes it away. See
 * docs/adr/0024-configuration-is-named-by-its-content.md.
 */
class ChartContentNamesTest {

    private final Chart chart = Chart.original();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "relay: { lane: { linger: 1s } }",
                "config: { logging: { level: { root: debug } } }",
                "kafka: { groupId: other }",
                "preset: large",
            })
    void aNewConfigurationIsAnotherObject(String change) {
        Rendering before = render("minimal", "");
        Rendering after = render("minimal", change);

        assertThat(after.configuration().name())
                .isNotEqualTo(before.configuration().name());
        assertThat(volumes(after)).contains(after.configuration().name());
    }

    @Test
    void theSameConfigurationIsTheSameObject() {
        Rendering before = render("sasl-tls", "");
        Rendering after = render("sasl-tls", "replicaCount: 7\nservice: { port: 81 }");

        assertThat(after.configuration()).isEqualTo(before.configuration());
        assertThat(after.all("Secret")).isEqualTo(before.all("Secret"));
        assertThat(after.workload().pod()).isEqualTo(before.workload().pod());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sasl-tls | credentials | operator: { password: other }",
                "sasl-tls | credentials | kafka: { sasl: { password: other } }",
                "sasl-tls | credentials | kafka: { sasl: { username: other } }",
                "sasl-tls | credentials | kafka: { tls: { trust: { certificates: other } } }",
                "mtls     | credentials | kafka: { tls: { identity: { certificate: other, privateKey: other } } }",
                "sasl-tls | devices     | devices: { content: 'device_id,secret,gateway_id' }",
            })
    void aNewSecretInTheValuesIsAnotherObject(String setup, String which, String change) {
        Rendering before = render(setup, "");
        Rendering after = render(setup, change);

        String name = after.kept("Secret", "relay-iotda-relay-" + which).name();
        assertThat(name)
                .isNotEqualTo(
                        before.kept("Secret", "relay-iotda-relay-" + which).name());
        assertThat(after.workload().tree().toString()).contains(name);
        assertThat(after.configuration().data())
                .isEqualTo(before.configuration().data());
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "mtls", "sasl-tls", "everything"})
    void nothingOfItEverChanges(String setup) {
        Rendering rendering = render(setup, "");

        assertThat(Stream.concat(Stream.of(rendering.configuration()), rendering.all("Secret").stream()))
                .allSatisfy(kept -> {
                    assertThat(kept.at("/immutable").asBoolean(false)).isTrue();
                    assertThat(kept.at("/metadata/annotations/example.org~1hook")
                                    .asString())
                            .isEqualTo("pre-install,pre-upgrade,pre-rollback");
                    assertThat(kept.at("/metadata/annotations/helm.sh~1hook-delete-policy")
                                    .asString())
                            .isEqualTo("before-hook-creation");
                });
    }

    /** For the command that removes those that are not needed any more. */
    @Test
    void eachKindOfItHasALabel() {
        Rendering rendering = render("sasl-tls", "");

        assertThat(component(rendering.configuration())).isEqualTo("configuration");
        assertThat(component(rendering.kept("Secret", "relay-iotda-relay-credentials")))
                .isEqualTo("credentials");
        assertThat(component(rendering.kept("Secret", "relay-iotda-relay-devices")))
                .isEqualTo("devices");
    }

    /** Whoever may list pods must not be able to guess passwords by them. */
    @ParameterizedTest
    @ValueSource(strings = {"SHA-256", "SHA-1", "MD5"})
    void noFastHashOfASecretIsVisible(String algorithm) throws NoSuchAlgorithmException {
        Rendering rendering = render("sasl-tls", "operator: { password: guess-me }");
        Manifest credentials = rendering.kept("Secret", "relay-iotda-relay-credentials");
        MessageDigest digest = MessageDigest.getInstance(algorithm);
        List<String> texts = Stream.concat(
                        credentials.data().values().stream(),
                        Stream.of(
                                credentials.tree().path("data").toString(),
                                Yaml.text(Chart.HOME.resolve("templates/_credentials.tpl"))))
                .toList();

        String visible = rendering.workload().tree().toString();

        assertThat(texts)
                .hasSizeGreaterThan(4)
                .allSatisfy(text -> assertThat(visible)
                        .doesNotContain(HexFormat.of()
                                .formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)))
                                .substring(0, 10)));
        assertThat(rendering
                        .workload()
                        .at("/spec/template/metadata/annotations")
                        .isMissingNode())
                .isTrue();
    }

    /** The same password elsewhere has another name. */
    @Test
    void theDigestIsSalted() {
        Rendering here = render("sasl-tls", "");
        Rendering there = render("sasl-tls", "namespaceOverride: elsewhere");

        assertThat(there.kept("Secret", "relay-iotda-relay-credentials").name())
                .isNotEqualTo(
                        here.kept("Secret", "relay-iotda-relay-credentials").name());
    }

    @Test
    void anExistingConfigMapTakesItsPlace() {
        Rendering rendering = render("minimal", """
                existingConfigMap: mine
                relay: { iotda: { endpoint: "" }, routes: [] }
                kafka: { bootstrapServers: "" }
                networkPolicy: { egress: { kafka: { ports: [9093] } } }
                """);

        assertThat(rendering.all("ConfigMap")).isEmpty();
        assertThat(volumes(rendering)).contains("mine");
        assertThat(rendering
                        .the("NetworkPolicy")
                        .at("/spec/egress/0/ports/0/port")
                        .asInt())
                .isEqualTo(9093);
    }

    /** For tools that do not know Helm's hooks. */
    @Test
    void withExistingOnesThereAreNoHooks() {
        String existing = """
                existingConfigMap: mine
                relay: { iotda: { endpoint: "" }, routes: [] }
                """;

        assertThat(render("existing-secrets", existing).manifests()).noneMatch(ChartContentNamesTest::isHook);
        assertThat(render("existing-secrets", "").manifests()).anyMatch(ChartContentNamesTest::isHook);
    }

    private static boolean isHook(Manifest manifest) {
        return manifest.at("/metadata/annotations").propertyNames().stream().anyMatch(name -> name.endsWith("/hook"));
    }

    private Rendering render(String setup, String more) {
        return chart.render(Setup.named(setup).values(), more);
    }

    private static String component(Manifest manifest) {
        return manifest.labels().getOrDefault("app.kubernetes.io/component", "");
    }

    private static List<String> volumes(Rendering rendering) {
        return rendering
                .workload()
                .podSpec()
                .path("volumes")
                .valueStream()
                .map(volume -> volume.at("/configMap/name"))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .toList();
    }
}

package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.DumperOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The plain manifests are the chart's. Where they are not, this makes them anew:
 * {@code mvn test -Dtest=PlainManifestsTest -Ddocs=write}
 */
class PlainManifestsTest {

    private static final Path BASE = Path.of("k8s/base");
    private static final Path OVERLAYS = Path.of("k8s/overlays");

    private static final String HOW = "stale; make it anew with: mvn test -Dtest=PlainManifestsTest -Ddocs=write";

    @Test
    void theBaseIsTheChart() throws IOException {
        for (Map.Entry<String, String> file : base().entrySet()) {
            Path path = BASE.resolve(file.getKey());
            if ("write".equals(System.getProperty("docs"))) {
                Files.writeString(path, file.getValue(), StandardCharsets.UTF_8);
            } else {
                assertThat(path).as("%s is %s", path, HOW).hasContent(file.getValue());
            }
        }
    }

    @Test
    void theBaseHoldsNothingElse() throws IOException {
        Set<String> wanted = new TreeSet<>(base().keySet());
        wanted.add("kustomization.yaml");
        try (Stream<Path> files = Files.list(BASE)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(wanted);
        }
        JsonNode kustomization = Yaml.tree(BASE.resolve("kustomization.yaml"));
        wanted.removeAll(Set.of("kustomization.yaml", "relay.yaml"));
        assertThat(kustomization.path("resources"))
                .extracting(JsonNode::asString)
                .containsExactlyInAnyOrderElementsOf(wanted);
    }

    /** By kubectl, where there is one. */
    @ParameterizedTest
    @CsvSource({
        "dev, ",
        "demo, ",
        "prod, iotda-relay-devices:devices.csv iotda-relay-kafka:username iotda-relay-kafka:password"
                + " iotda-relay-kafka-ca: iotda-relay-operator:password",
    })
    void overlaysHoldToTheSameRules(String overlay, String existing) throws IOException {
        Rendering rendering = Kustomize.rendered(OVERLAYS.resolve(overlay));

        assertThat(rendering.manifests())
                .filteredOn(manifest -> !manifest.kind().equals("Namespace"))
                .flatMap(Models::problems)
                .isEmpty();
        assertThat(rendering.workloads()).flatMap(Policy::violations).isEmpty();
        assertThat(References.problems(rendering, secrets(existing))).isEmpty();
        assertThat(rendering.manifests())
                .flatMap(manifest -> manifest.labels().entrySet())
                .noneMatch(label ->
                        label.getKey().startsWith("helm.sh") || label.getValue().equals("Helm"));
        RelayYaml.of(rendering).check();
    }

    /** A new CA would be made at each start of the simulator; its names must be those by which it is called. */
    @Test
    void theDemonstrationNamesWhatThereIs() throws IOException {
        Rendering rendering = Kustomize.rendered(OVERLAYS.resolve("demo"));

        JsonNode simulator = rendering
                .the("Deployment", "iotda-simulator")
                .container("simulator")
                .orElseThrow();
        String service = rendering.the("Service", "iotda-simulator").name();
        RelayYaml relay = RelayYaml.of(rendering);
        assertThat(relay.value("relay.iotda.endpoint")).isEqualTo("https://" + service);
        assertThat(simulator.path("args"))
                .extracting(JsonNode::asString)
                .anyMatch(argument -> argument.startsWith("--names=" + service + ","));
        assertThat(relay.value("spring.kafka.bootstrap-servers"))
                .isEqualTo(rendering.the("Service", "kafka").name() + ":9092");
        assertThat(rendering.workload().podSpec().at("/initContainers/0/args/0").asString())
                .isEqualTo("--fetch-ca=http://" + service + ":8081/ca.pem");
        assertThat(rendering.workload().container("trust-renewal").orElseThrow().path("args"))
                .extracting(JsonNode::asString)
                .contains("--fetch-ca=http://" + service + ":8081/ca.pem", "--fetch-every=5s");
        assertThat(relay.value("spring.ssl.bundle.pem.simulator.reload-on-update"))
                .isEqualTo("true");
    }

    @Test
    void theNameBeforeTheHashIsTheConfigurationsName() throws IOException {
        Rendering rendering = Kustomize.rendered(OVERLAYS.resolve("prod"));

        assertThat(rendering.configuration().name()).matches("iotda-relay-[a-z0-9]{10}");
        assertThat(rendering.configuration().at("/immutable").asBoolean(false)).isTrue();
    }

    /** The chart's objects by the name of their file, without what only Helm needs. */
    private static Map<String, String> base() {
        Rendering rendering =
                Chart.installedAs("iotda-relay").render(Setup.named("kustomize").values());
        Map<String, String> files = new TreeMap<>();
        for (Manifest manifest : rendering.manifests()) {
            if (manifest.kind().equals("ConfigMap")) {
                files.put("relay.yaml", printed(Yaml.tree(manifest.data().getOrDefault("relay.yaml", ""))));
            } else {
                ObjectNode tree = (ObjectNode) manifest.tree().deepCopy();
                strip(tree);
                files.put(manifest.kind().toLowerCase(Locale.ROOT) + ".yaml", printed(tree));
            }
        }
        return files;
    }

    private static void strip(ObjectNode tree) {
        ObjectNode metadata = (ObjectNode) tree.path("metadata");
        metadata.remove("namespace");
        ((ObjectNode) metadata.path("labels")).remove(List.of("helm.sh/chart", "app.kubernetes.io/managed-by"));
        // The generator of the ConfigMap puts a hash of its own into the name.
        tree.at("/spec/template/spec/volumes").forEach(volume -> {
            if (volume.path("configMap") instanceof ObjectNode configMap) {
                configMap.put("name", "iotda-relay");
            }
        });
        if (tree.at("/spec/ingress") instanceof ArrayNode ingress) {
            // There is no helm test pod.
            ingress.remove(0);
        }
    }

    private static String printed(JsonNode tree) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        options.setSplitLines(false);
        return new org.yaml.snakeyaml.Yaml(options).dump(JsonMapper.shared().convertValue(tree, Map.class));
    }

    private static Set<Reference> secrets(String list) {
        Set<Reference> secrets = new HashSet<>();
        for (String secret : (list == null ? "" : list).split(" ", -1)) {
            if (!secret.isEmpty()) {
                String[] parts = secret.split(":", 2);
                secrets.add(new Reference("Secret", parts[0], ""));
                secrets.add(new Reference("Secret", parts[0], parts[1]));
            }
        }
        return secrets;
    }
}

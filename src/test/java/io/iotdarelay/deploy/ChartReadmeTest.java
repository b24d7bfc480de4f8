package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The values in the chart's README can be installed: the first ones as they are, the others beside them. */
class ChartReadmeTest {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^(?<indent> *)```yaml\\n(?<yaml>.*?)^\\k<indent>```$");

    @TempDir
    private Path directory;

    static Stream<String> more() {
        return blocks().stream().skip(1);
    }

    @Test
    void theFirstValuesAreEnough() throws IOException {
        Rendering rendering = Chart.original().render(install());

        assertThat(rendering.workload().relay().path("image").asString()).isEqualTo("REGISTRY/iotda-relay:0.1.0");
        RelayYaml.of(rendering).check();
    }

    /** Nobody gets a policy by surprise. */
    @Test
    void withoutPeersTheErrorNamesWhatToSet() throws IOException {
        String refusal = Chart.original()
                .refusal(install(), "networkPolicy: { egress: { kafka: { to: [] }, iotda: { anywhere: false } } }");

        assertThat(refusal)
                .contains("networkPolicy.egress.kafka: name the brokers in to, or set anywhere: true")
                .contains("networkPolicy.egress.iotda: name the platform in cidrs, or set anywhere: true");
    }

    @ParameterizedTest
    @MethodSource("more")
    void theOthersGoWithThem(String yaml) throws IOException {
        String monitored = yaml.contains("networkPolicy:") || !yaml.contains("serviceMonitor:")
                ? ""
                : "networkPolicy: { ingress: { monitoring: { anywhere: true } } }\n";
        String mapping = yaml.contains("  mapping: file:") ? "\n  routes: []" : "";
        String values = yaml.replaceFirst("(?m)^  mapping: file:.*$", "$0" + mapping);

        Rendering rendering = Chart.original().render(install(), values + monitored);

        assertThat(rendering.manifests())
                .filteredOn(manifest -> !manifest.kind().equals("ExternalSecret"))
                .flatMap(Models::problems)
                .isEmpty();
    }

    /** As charts before named them, and this one still names the workload. */
    @Test
    void theFormerObjectsAreKeptByTheirNames() throws IOException {
        String name = Chart.original().render(install()).workload().name();

        assertThat(Yaml.text(Chart.HOME.resolve("README.md")))
                .contains("kubectl -n telemetry annotate configmap/" + name + " \\\n    secret/" + name
                        + "-credentials secret/" + name + "-devices helm.sh/resource-policy=keep\n");
    }

    private Path install() throws IOException {
        return Files.writeString(directory.resolve("values.yaml"), blocks().getFirst(), StandardCharsets.UTF_8);
    }

    private static List<String> blocks() {
        return BLOCK.matcher(Yaml.text(Chart.HOME.resolve("README.md")))
                .results()
                .map(ChartReadmeTest::yaml)
                .toList();
    }

    private static String yaml(MatchResult block) {
        return block.group("yaml").stripIndent();
    }
}

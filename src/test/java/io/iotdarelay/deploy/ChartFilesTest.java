package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Alerts and dashboards arrive in the cluster as they are in the chart's files. They have templates, quotes and long lines of
 * their own, which Helm must neither read nor fold.
 */
class ChartFilesTest {

    private static final Path ALERTS = Chart.HOME.resolve("files/alerts.yaml");
    private static final Path DASHBOARDS = Chart.HOME.resolve("files/dashboards");

    private final Chart chart = Chart.original();

    @Test
    void theRuleHoldsEveryGroupOfTheFile() {
        Rendering rendering = render("prometheusRule: { enabled: true, runbookUrl: 'https://wiki.example/relay#top' }");

        assertThat(rendering.the("PrometheusRule").at("/spec/groups"))
                .isEqualTo(alerts("https://wiki.example/relay#top").path("groups"));
    }

    @Test
    void theRuleDiffersFromTheFileOnlyByWhatTheValuesSay() {
        // Given
        List<String> disabled = List.of("IotdaRelayPartitionStagnant", "IotdaRelayTargetDown");
        JsonNode groups = alerts("https://wiki.example").path("groups");
        assertThat(groups.findValuesAsString("alert")).containsAll(disabled);
        groups.forEach(group -> {
            ArrayNode rules = (ArrayNode) group.path("rules");
            rules.removeIf(rule -> disabled.contains(rule.path("alert").asString("")));
            rules.forEach(rule ->
                    ((ObjectNode) rule.path("labels")).put("severity", "page").put("team", "iot"));
        });

        // When
        Rendering rendering = render("""
                prometheusRule:
                  enabled: true
                  runbookUrl: https://wiki.example
                  disabled: [IotdaRelayPartitionStagnant, IotdaRelayTargetDown]
                  alertLabels: { severity: page, team: iot }
                """);

        // Then
        assertThat(rendering.the("PrometheusRule").at("/spec/groups")).isEqualTo(groups);
    }

    /** The hub reads annotations only, and these are YAML of their own. */
    @Test
    void theHubKnowsTheImagesThatTheChartUses() {
        JsonNode metadata = Yaml.tree(Chart.HOME.resolve("Chart.yaml"));
        JsonNode values = Yaml.tree(Chart.HOME.resolve("values.yaml"));
        List<String> listed = Yaml.tree(
                        metadata.at("/annotations/artifacthub.io~1images").asString())
                .valueStream()
                .map(image -> image.path("image").asString())
                .toList();

        assertThat(listed)
                .containsExactly(
                        named(values.path("image"), metadata.path("appVersion").asString()),
                        named(
                                values.at("/tests/image"),
                                values.at("/tests/image/tag").asString()));
        assertThat(Yaml.tree(metadata.at("/annotations/artifacthub.io~1links").asString()))
                .allSatisfy(link -> assertThat(link.path("url").asString()).startsWith("https://"));
    }

    private static String named(JsonNode image, String tag) {
        return image.path("registry").asString() + "/"
                + image.path("repository").asString() + ":" + tag;
    }

    @Test
    void everyDashboardArrivesByteForByte() throws IOException {
        Rendering rendering = render("grafanaDashboards: { enabled: true }");

        Map<String, String> arrived = new TreeMap<>();
        rendering.all("ConfigMap").stream()
                .filter(map -> "1".equals(map.labels().get("grafana_dashboard")))
                .forEach(map -> arrived.putAll(map.data()));
        assertThat(arrived).isEqualTo(dashboards());
        assertThat(arrived.values())
                .allSatisfy(
                        json -> assertThat(JsonMapper.shared().readTree(json).path("panels"))
                                .isNotEmpty());
    }

    @Test
    void runbooksOfTheDashboardsAreThoseOfTheAlerts() {
        Rendering rendering = render("""
                grafanaDashboards: { enabled: true }
                prometheusRule: { runbookUrl: https://wiki.example/relay }
                """);

        String overview =
                rendering.the("ConfigMap", "relay-iotda-relay-overview").data().getOrDefault("overview.json", "");
        assertThat(overview)
                .contains("\"query\": \"https://wiki.example/relay\"")
                .doesNotContain("docs/operations.md");
    }

    private Rendering render(String more) {
        return chart.render(Setup.named("minimal").values(), more);
    }

    private static JsonNode alerts(String runbooks) {
        return Yaml.tree(Yaml.text(ALERTS).replace("RUNBOOKS", runbooks));
    }

    private static Map<String, String> dashboards() throws IOException {
        Map<String, String> dashboards = new TreeMap<>();
        try (Stream<Path> files = Files.list(DASHBOARDS)) {
            files.forEach(file -> dashboards.put(file.getFileName().toString(), Yaml.text(file)));
        }
        assertThat(dashboards).hasSizeGreaterThanOrEqualTo(2);
        return dashboards;
    }
}

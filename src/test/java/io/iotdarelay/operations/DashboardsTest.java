package io.iotdarelay.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.operations.Dashboard.Panel;
import io.iotdarelay.testing.Tool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each panel can be shown by any Grafana 11 and 12, and reads what the relay publishes. */
class DashboardsTest {

    /** What Grafana 11.0 writes. */
    private static final int SCHEMA = 39;

    private static final int WIDTH = 24;
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)");

    static List<Dashboard> dashboards() {
        return Dashboard.all();
    }

    static Stream<Panel> panels() {
        return Dashboard.all().stream().flatMap(dashboard -> dashboard.panels().stream());
    }

    @Test
    void areTwo() {
        assertThat(dashboards())
                .extracting(Dashboard::uid)
                .containsExactly("iotda-relay-overview", "iotda-relay-partitions");
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void canBeImportedAnywhere(Dashboard dashboard) {
        JsonNode json = dashboard.json();
        assertThat(json.path("schemaVersion").asInt()).isGreaterThanOrEqualTo(SCHEMA);
        assertThat(json.path("id").isNull())
                .as("an ID would be another Grafana's")
                .isTrue();
        assertThat(json.path("title").asString()).startsWith("iotda-relay: ");
        assertThat(json.findValues("datasource"))
                .isNotEmpty()
                .allSatisfy(source -> assertThat(source.path("uid").asString()).isEqualTo("${datasource}"));
        assertThat(dashboard.variables()).contains("datasource", "namespace", "job", "pod");
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyPanelHasItsPlace(Dashboard dashboard) {
        List<JsonNode> all = dashboard.json().path("panels").valueStream().toList();
        assertThat(all).extracting(panel -> panel.path("id").asInt()).doesNotHaveDuplicates();
        Set<List<Integer>> taken = new java.util.HashSet<>();
        for (JsonNode panel : all) {
            JsonNode place = panel.path("gridPos");
            int right = place.path("x").asInt() + place.path("w").asInt();
            int bottom = place.path("y").asInt() + place.path("h").asInt();
            assertThat(right).isLessThanOrEqualTo(WIDTH);
            for (int x = place.path("x").asInt(); x < right; x++) {
                for (int y = place.path("y").asInt(); y < bottom; y++) {
                    assertThat(taken.add(List.of(x, y)))
                            .as("%s lies over another panel", panel.path("title"))
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("panels")
    void saysWhatItShows(Panel panel) {
        JsonNode defaults = panel.json().path("fieldConfig").path("defaults");
        assertThat(panel.title()).isNotBlank();
        assertThat(panel.json().path("description").asString()).isNotBlank();
        assertThat(defaults.path("unit").asString()).isNotBlank();
        assertThat(defaults.path("thresholds").path("steps").size()).isPositive();
        assertThat(panel.expressions()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("panels")
    void readsWhatTheRelayPublishes(Panel panel) {
        for (String expression : panel.expressions()) {
            Catalogue.assertKnows(new Expression(Dashboard.filledIn(expression)));
            Matcher variable = VARIABLE.matcher(expression);
            while (variable.find()) {
                assertThat(variable.group(1))
                        .isIn(Stream.concat(panel.variables().stream(), Stream.of("__rate_interval"))
                                .toList());
            }
            assertThat(new Expression(Dashboard.filledIn(expression)).selections())
                    .allSatisfy(selection -> assertThat(selection.matchings())
                            .extracting(Expression.Matching::label)
                            .containsAll(Catalogue.choosers(selection.metric())));
        }
    }

    /** An address says nothing, and belongs to another pod tomorrow. */
    @ParameterizedTest
    @MethodSource("panels")
    void namesPodsByTheirNames(Panel panel) {
        assertThat(panel.json().toString()).doesNotContain("instance");
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void marksEachStart(Dashboard dashboard) {
        JsonNode annotation = dashboard.json().at("/annotations/list/0");

        assertThat(annotation.path("enable").asBoolean(false)).isTrue();
        assertThat(annotation.path("useValueForTime").asBoolean(false)).isTrue();
        Catalogue.assertKnows(
                new Expression(Dashboard.filledIn(annotation.path("expr").asString())));
    }

    @Test
    void noRelayIsARedZero() {
        Panel relays = panel("Relays");

        assertThat(relays.expressions()).singleElement().asString().endsWith(" or vector(0)");
        assertThat(relays.json()
                        .at("/fieldConfig/defaults/thresholds/steps/0/color")
                        .asString())
                .isEqualTo("red");
    }

    /** Sections of a page are in lower case. */
    @Test
    void aFiringAlertLeadsToItsRunbook() {
        JsonNode panel = panel("Firing alerts").json();

        assertThat(panel.findValues("url"))
                .extracting(JsonNode::asString)
                .containsExactly("${runbooks}#${__data.fields.Section}");
        assertThat(panel.at("/transformations/0/options/outputFormat").asString())
                .isEqualTo("Lower Case");
        assertThat(panel.at("/transformations/1/options/renameByName/section").asString())
                .isEqualTo("Section");
    }

    private static Panel panel(String title) {
        return panels().filter(each -> each.title().equals(title)).findFirst().orElseThrow();
    }

    @Test
    void promtoolParsesEveryExpression(@TempDir Path directory) throws Exception {
        List<Object> rules = new ArrayList<>();
        panels().forEach(panel -> panel.expressions()
                .forEach(expression -> rules.add(java.util.Map.of(
                        "record", "panel:number" + rules.size(), "expr", Dashboard.filledIn(expression)))));
        Path file = directory.resolve("panels.yaml");
        String json = JsonMapper.shared()
                .writeValueAsString(
                        java.util.Map.of("groups", List.of(java.util.Map.of("name", "panels", "rules", rules))));
        Files.writeString(file, json, StandardCharsets.UTF_8);

        Tool.Output output = Tool.PROMTOOL.run("check", "rules", file.toString());

        output.assertSuccess();
        assertThat(output.text()).contains("SUCCESS: " + rules.size() + " rules");
    }
}

package io.iotdarelay.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.operations.AlertRules.Alert;
import io.iotdarelay.testing.Tool;
import io.iotdarelay.testing.Yaml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Each alert can fire, keeps silent where it should, reads what exists, and is explained. */
@Execution(ExecutionMode.CONCURRENT)
class AlertRulesTest {

    private static final Path RUNBOOKS = Path.of("docs/operations.md");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{2,} (.*)$");
    private static final Pattern LINK = Pattern.compile("]\\(#([^)]*)\\)");
    private static final Pattern SHOWN_LABEL = Pattern.compile("\\$labels\\.(\\w+)");

    static Stream<Alert> alerts() {
        return AlertRules.all().stream();
    }

    @Test
    void promtoolAcceptsTheRules() {
        Tool.Output output = Tool.PROMTOOL.run("check", "rules", "--lint-fatal", AlertRules.FILE.toString());

        output.assertSuccess();
        assertThat(output.text()).contains("SUCCESS: " + AlertRules.all().size() + " rules");
    }

    @Test
    void theyFireAndKeepSilentAsTheirTestsSay() {
        Tool.PROMTOOL.run("test", "rules", AlertRules.TESTS.toString()).assertSuccess();
    }

    @Test
    void promtoolNoticesAnAlertThatDoesNotFire(@TempDir Path directory) throws Exception {
        Path rules = directory.resolve("rules.yaml");
        Files.writeString(rules, Yaml.text(AlertRules.FILE).replace(" > 120", " > 99999"));
        Path tests = directory.resolve("tests.yaml");
        ObjectNode some = (ObjectNode) Yaml.tree(AlertRules.TESTS);
        some.putArray("rule_files").add(rules.toString());
        some.putArray("tests")
                .addAll(Yaml.tree(AlertRules.TESTS)
                        .path("tests")
                        .valueStream()
                        .filter(test -> test.path("name").asString().startsWith("IotdaRelayPartitionStagnant"))
                        .toList());
        Files.writeString(tests, some.toString());

        Tool.Output output = Tool.PROMTOOL.run("test", "rules", tests.toString());

        assertThat(output.exitCode()).isNotZero();
        assertThat(output.text()).contains("IotdaRelayPartitionStagnant fires");
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void isTestedForFiringAndForSilence(Alert alert) {
        boolean fires = false;
        boolean keepsSilent = false;
        Set<String> read = alert.name().equals("IotdaRelayAbsent") ? Set.of("up") : metrics(alert);
        for (JsonNode test : Yaml.tree(AlertRules.TESTS).path("tests")) {
            List<JsonNode> looks = test.path("alert_rule_test")
                    .valueStream()
                    .filter(look -> look.path("alertname").asString().equals(alert.name()))
                    .toList();
            boolean firesHere =
                    looks.stream().anyMatch(look -> !look.path("exp_alerts").isEmpty());
            fires |= firesHere;
            keepsSilent |= !looks.isEmpty() && !firesHere && series(test).containsAll(read);
        }

        assertThat(fires).as("a test in which it fires").isTrue();
        assertThat(keepsSilent)
                .as("a test with %s in which it never fires", read)
                .isTrue();
    }

    private static Set<String> metrics(Alert alert) {
        return new Expression(alert.expression())
                .selections().stream().map(Expression.Selection::metric).collect(Collectors.toSet());
    }

    private static Set<String> series(JsonNode test) {
        return test.path("input_series")
                .valueStream()
                .map(series -> series.path("series").asString().replaceFirst("\\{.*", ""))
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void readsWhatTheRelayPublishes(Alert alert) {
        Catalogue.assertKnows(new Expression(alert.expression()));
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void saysWhatItIsAndWhereToReadOn(Alert alert) {
        assertThat(alert.name()).startsWith("IotdaRelay");
        assertThat(alert.severity()).isIn("critical", "warning");
        assertThat(alert.annotation("summary")).isNotBlank().hasSizeLessThan(120);
        assertThat(alert.annotation("description")).isNotBlank();
        assertThat(alert.annotation("runbook_url"))
                .isEqualTo(AlertRules.RUNBOOKS + "#" + alert.name().toLowerCase(Locale.ROOT));
        assertThat(anchors()).contains(alert.name().toLowerCase(Locale.ROOT));
        // And how to look, by page, curl and command
        assertThat(Yaml.text(RUNBOOKS))
                .containsPattern(
                        "(?m)^\\| \\[" + alert.name() + "]\\([^)]*\\)( \\| [^|]*(\\\\\\|[^|]*)*[^| ]){3} \\|$");
    }

    /** Otherwise a text would have a gap. The pod label exists only if the scrape configuration adds it. */
    @ParameterizedTest
    @MethodSource("alerts")
    void showsLabelsThatItHas(Alert alert) {
        Set<String> labels = new HashSet<>(new Expression(alert.expression()).groupings());
        labels.addAll(Set.of("job", "instance", "pod"));
        assertThat(SHOWN_LABEL
                        .matcher(alert.annotation("summary") + alert.annotation("description"))
                        .results()
                        .map(label -> label.group(1)))
                .allSatisfy(label -> assertThat(labels).contains(label));
    }

    @Test
    void linksOfThePageLeadSomewhere() {
        assertThat(LINK.matcher(Yaml.text(RUNBOOKS)).results().map(link -> link.group(1)))
                .isNotEmpty()
                .allSatisfy(anchor -> assertThat(anchors()).contains(anchor));
    }

    @Test
    void thePageExplainsNoAlertThatIsGone() {
        Set<String> names = alerts().map(Alert::name).collect(Collectors.toSet());
        assertThat(HEADING.matcher(Yaml.text(RUNBOOKS))
                        .results()
                        .map(heading -> heading.group(1))
                        .filter(heading -> heading.startsWith("IotdaRelay")))
                .hasSize(names.size())
                .allSatisfy(heading -> assertThat(names).contains(heading));
    }

    /** As GitHub makes them. */
    private static List<String> anchors() {
        return HEADING.matcher(Yaml.text(RUNBOOKS))
                .results()
                .map((MatchResult heading) -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-'))
                .toList();
    }
}

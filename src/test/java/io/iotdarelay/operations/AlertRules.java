package io.iotdarelay.operations;

import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The alerts that are shipped, and their tests. */
final class AlertRules {

    static final Path FILE = Path.of("helm/iotda-relay/files/alerts.yaml");
    static final Path TESTS = Path.of("src/test/prometheus/alerts.test.yaml");

    /** The placeholder for the URL of docs/operations.md. */
    static final String RUNBOOKS = "RUNBOOKS";

    private AlertRules() {}

    /** An alert. */
    record Alert(String name, String expression, String severity, JsonNode annotations) {

        String annotation(String key) {
            return annotations.path(key).asString("");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Alert> all() {
        return Yaml.tree(FILE)
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .map(rule -> new Alert(
                        rule.path("alert").asString(),
                        rule.path("expr").asString(),
                        rule.path("labels").path("severity").asString(""),
                        rule.path("annotations")))
                .toList();
    }
}

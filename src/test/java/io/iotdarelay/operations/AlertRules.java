package io.iotdarelay.operations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The alerts that are shipped, and their tests. */
final class AlertRules {

    static final Path FILE = Path.of("helm/iotda-relay/files/alerts.yaml");
    static final Path TESTS = Path.of("src/test/prometheus/alerts.test.yaml");

    /** Stands for the address of docs/operations.md. */
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
        return yaml(FILE)
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

    static JsonNode yaml(Path file) {
        return JsonMapper.shared().valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(text(file)));
    }

    static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

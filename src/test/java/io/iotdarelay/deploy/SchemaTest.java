package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The chart's schema knows every value and every key of the relay, and no others. The part under {@code relay} is made from the
 * code, and anew by {@code mvn test -Dtest=SchemaTest -Ddocs=write}.
 */
class SchemaTest {

    private static final Path SCHEMA = Chart.HOME.resolve("values.schema.json");

    private static final Path FOR_EDITORS =
            Path.of("src/main/resources/META-INF/iotda-relay/configuration.schema.json");

    private final ObjectNode schema = (ObjectNode) JsonMapper.shared().readTree(SCHEMA);

    @Test
    void theRelaysKeysAreThoseOfTheCode() throws IOException {
        ObjectNode made = RelaySchema.make();
        if ("write".equals(System.getProperty("docs"))) {
            ((ObjectNode) schema.path("properties")).set("relay", made);
            Files.writeString(SCHEMA, printed(schema) + "\n", StandardCharsets.UTF_8);
            return;
        }

        // Read again: a decimal that was made never equals an integer that was read.
        JsonNode read = JsonMapper.shared().readTree(made.toString());
        assertThat(schema.at("/properties/relay"))
                .as("relay in %s is stale; make it anew with: mvn test -Dtest=SchemaTest -Ddocs=write", SCHEMA)
                .isEqualTo(read);
    }

    @Test
    void theSchemaForEditorsIsThatOfTheCode() throws IOException {
        ObjectNode made = RelaySchema.ofFile();
        if ("write".equals(System.getProperty("docs"))) {
            Files.writeString(FOR_EDITORS, printed(made) + "\n", StandardCharsets.UTF_8);
            return;
        }

        assertThat(JsonMapper.shared().readTree(FOR_EDITORS))
                .as("%s is stale; make it anew with: mvn test -Dtest=SchemaTest -Ddocs=write", FOR_EDITORS)
                .isEqualTo(JsonMapper.shared().readTree(made.toString()));
    }

    @Test
    void everyValueHasASchemaAndTheOtherWayRound() {
        Set<String> values = new TreeSet<>();
        Set<String> allowed = new TreeSet<>();
        collect("", Yaml.tree(Chart.HOME.resolve("values.yaml")), schema, values, allowed);
        // Helm hands these down to every chart.
        allowed.remove("/global");

        assertThat(values).isEqualTo(allowed);
    }

    @Test
    void nothingUnknownIsAllowedWhereKeysAreNamed() {
        assertClosed("", schema);
    }

    /** Down to where the schema names no keys: what is below is Kubernetes' or the user's. */
    private static void collect(String path, JsonNode value, JsonNode schema, Set<String> values, Set<String> allowed) {
        for (String key : schema.path("properties").propertyNames()) {
            String child = path + "/" + key;
            JsonNode own = schema.path("properties").path(key);
            // Probes, the relay's keys and bounds of resources may be set, and need no default.
            boolean open = child.matches("/(relay|resources)/.*") || own.has("$ref");
            if (!open || value.has(key)) {
                allowed.add(child);
            }
            collect(child, value.path(key), own, values, allowed);
        }
        if (schema.has("properties")) {
            value.propertyNames().forEach(key -> values.add(path + "/" + key));
        }
    }

    private static void assertClosed(String path, JsonNode schema) {
        if (schema.has("properties") && schema.path("type").asString("").equals("object")) {
            assertThat(schema.path("additionalProperties").asBoolean(true))
                    .as("whether %s takes unknown keys", path)
                    .isFalse();
        }
        schema.properties().forEach(entry -> assertClosed(path + "/" + entry.getKey(), entry.getValue()));
    }

    private static String printed(JsonNode tree) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return JsonMapper.shared()
                .writer()
                .with(new DefaultPrettyPrinter(
                                Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER))
                        .withArrayIndenter(indenter)
                        .withObjectIndenter(indenter))
                .writeValueAsString(tree);
    }
}

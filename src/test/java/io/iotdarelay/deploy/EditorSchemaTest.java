package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The schema in the jar, with which editors complete and check a configuration, accepts what the relay accepts. */
class EditorSchemaTest {

    private static final Schema SCHEMA = schema();

    static Stream<Path> routes() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("src/test/resources/shapes"))) {
            return folders.filter(Files::isDirectory).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void acceptsTheRoute(Path shape) {
        ObjectNode route = (ObjectNode) Yaml.tree(shape.resolve("route.yaml"));
        route.put("name", "shape").putArray("topics").add("t");

        assertThat(errors(configuration(route))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "relay: { lane: { linger: 50ms, max-in-flight-requests: 100 } }",
                "relay: { registry: { url: 'https://registry:8081' } }",
                "relay: { registry: { url: ['https://a', 'https://b'] }, routes: [ { name: a, topics: 'x,y' } ] }",
                "relay: { iotda: { endpoint: 'https://example.com' } }\nspring: { kafka: { bootstrap-servers: kafka:9092 } }",
            })
    void acceptsKeys(String yaml) {
        assertThat(errors(yaml)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "relay: { lanes: {} }",
                "relay: { lane: { max-in-flight-requests: 0 } }",
                "relay: { routes: [ { name: a, to: telemetry } ] }",
                "relay: { routes: [ { services: [ { properties: { a: { form: /a } } } ] } ] }",
            })
    void refusesWhatTheRelayRefuses(String yaml) {
        assertThat(errors(yaml)).isNotEmpty();
    }

    @Test
    void saysWhatAKeyMeans() {
        String description = Yaml.tree(Path.of("src/main/resources/META-INF/iotda-relay/configuration.schema.json"))
                .at("/properties/relay/properties/lane/properties/max-in-flight-requests/description")
                .asString();

        assertThat(description).startsWith("Requests in flight").endsWith("Range: 1 to 65536.");
    }

    private static String configuration(ObjectNode route) {
        ObjectNode configuration = JsonNodeFactory.instance.objectNode();
        configuration.putObject("relay").putArray("routes").add(route);
        return configuration.toString();
    }

    private static List<Error> errors(String yaml) {
        return SCHEMA.validate(Yaml.tree(yaml).toString(), InputFormat.JSON);
    }

    private static Schema schema() {
        try (InputStream file = Objects.requireNonNull(
                EditorSchemaTest.class.getResourceAsStream("/META-INF/iotda-relay/configuration.schema.json"))) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}

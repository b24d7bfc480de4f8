package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.testing.FakeRegistry;
import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What {@code docs/suggest.md} says about the suggestions for the shapes, each with its product's model and a directory. */
class SuggestedShapesTest {

    private static final Path SHAPES = Path.of("src/test/resources/shapes");
    private static final String PAGE = Yaml.text(Path.of("docs/suggest.md"));
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| \\[([a-z0-9-]+)\\]\\([^)]+\\) \\| (as wanted|edits) \\| (.*) \\|$");

    @TempDir
    private Path folder;

    private final FakeRegistry registry =
            FakeRegistry.start().with(7, "AVRO", Yaml.text(SHAPES.resolve("avro-confluent/schema.avsc")));

    static List<MatchResult> rows() {
        return ROW.matcher(PAGE).results().toList();
    }

    static List<Path> shapes() throws IOException {
        try (Stream<Path> folders = Files.list(SHAPES)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void thePageNamesEveryShape() throws IOException {
        assertThat(rows())
                .extracting(row -> row.group(1))
                .containsExactlyElementsOf(shapes().stream()
                        .map(shape -> shape.getFileName().toString())
                        .toList());
        assertThat(PAGE)
                .contains("%d of %d"
                        .formatted(
                                rows().stream()
                                        .filter(row -> row.group(2).equals("as wanted"))
                                        .count(),
                                rows().size()));
        assertThat(rows())
                .allSatisfy(row -> assertThat(row.group(3).isBlank())
                        .isEqualTo(row.group(2).equals("as wanted")));
    }

    /** It is valid, and takes the record that it was made from; whether it makes of it what is wanted, the page says. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void theSuggestionIsAsThePageSays(Path shape) throws IOException {
        Workplace place = prepare(shape);
        List<String> arguments = new ArrayList<>(List.of(
                "suggest",
                "--records=" + place.path("case"),
                "--relay.devices.file=" + place.path("devices.csv"),
                "--relay.registry.url=" + registry.url()));
        if (Files.exists(place.path("model.json"))) {
            arguments.add("--model=" + place.path("model.json"));
        }

        CommandRun suggestion = CommandRun.of(arguments.toArray(String[]::new));
        place.write("routes.yaml", suggestion.out());
        CommandRun check = CommandRun.of(
                "check",
                "--config=" + place.path("routes.yaml"),
                "--relay.iotda.endpoint=https://localhost:1",
                "--relay.devices.file=" + place.path("devices.csv"),
                "--relay.registry.url=" + registry.url());
        CommandRun test = CommandRun.of(
                "test",
                place.path("case").toString(),
                "--config=" + place.path("routes.yaml"),
                "--relay.registry.url=" + registry.url());

        assertThat(suggestion.err()).isEmpty();
        assertThat(suggestion.out()).contains("# tried with 1 of them: delivered");
        assertThat(check.out()).as(suggestion.out()).endsWith("nothing found\n");
        assertThat(test.exitCode() == 0 ? "as wanted" : "edits")
                .as(suggestion.out() + test.out())
                .isEqualTo(rows().stream()
                        .filter(row -> row.group(1).equals(shape.getFileName().toString()))
                        .map(row -> row.group(2))
                        .findFirst()
                        .orElse("not on the page"));
    }

    /** A case without its own route, a directory of the devices that are wanted, and a model of the properties that are. */
    private Workplace prepare(Path shape) throws IOException {
        Workplace place = new Workplace(folder);
        Files.createDirectories(place.path("case"));
        try (Stream<Path> files = Files.list(shape)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("route.yaml")) {
                    Files.copy(file, place.path("case").resolve(file.getFileName()));
                }
            }
        }
        JsonNode requests = JsonMapper.shared().readTree(shape.resolve("requests.json"));
        Map<String, String> devices = new TreeMap<>();
        Map<String, Map<String, String>> services = new TreeMap<>();
        for (JsonNode request : requests) {
            String sender = request.path("sender").asString();
            devices.putIfAbsent(sender, sender + ",secret,");
            services(request.path("body").path("services"), services);
            for (JsonNode child : request.path("body").path("devices")) {
                String id = child.path("device_id").asString();
                devices.put(id, id + ",," + sender);
                services(child.path("services"), services);
            }
        }
        place.write("devices.csv", "device_id,secret,gateway_id\n" + String.join("\n", devices.values()) + "\n");
        if (!services.isEmpty()) {
            place.write("model.json", model(services));
        }
        return place;
    }

    private static void services(JsonNode entries, Map<String, Map<String, String>> services) {
        for (JsonNode entry : entries) {
            Map<String, String> properties =
                    services.computeIfAbsent(entry.path("service_id").asString(), unused -> new TreeMap<>());
            entry.path("properties")
                    .forEachEntry((name, value) ->
                            properties.merge(name, type(value), (one, other) -> one.equals(other) ? one : "decimal"));
        }
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case NUMBER -> value.isIntegralNumber() ? value.canConvertToInt() ? "int" : "long" : "decimal";
            case BOOLEAN -> "boolean";
            case OBJECT -> "jsonObject";
            case ARRAY -> "string list";
            default -> "string";
        };
    }

    private static String model(Map<String, Map<String, String>> services) {
        ArrayNode capabilities = JsonNodeFactory.instance.arrayNode();
        services.forEach((id, properties) -> {
            ObjectNode service = capabilities.addObject().put("service_id", id);
            ArrayNode list = service.putArray("properties");
            properties.forEach(
                    (name, type) -> list.addObject().put("property_name", name).put("data_type", type));
        });
        return JsonNodeFactory.instance
                .objectNode()
                .put("product_id", "shape")
                .set("service_capabilities", capabilities)
                .toString();
    }
}

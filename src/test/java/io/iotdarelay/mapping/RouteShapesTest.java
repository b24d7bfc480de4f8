package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.iotdarelay.model.DataType;
import io.iotdarelay.model.RouteShape;
import io.iotdarelay.model.Validation;
import io.iotdarelay.settings.SettingsReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.JsonNode;

/** What is known of routes before the first record. */
class RouteShapesTest {

    @Test
    void tellsServicesWhoseIdsAreKnown() {
        List<RouteShape> shapes = shapes("""
            - name: r
              product: p1
              validation: strip
              services:
                - id: S
                  properties: { a: /a, "*": /rest }
                - id: "{/type}"
                  properties: { a: /a }
                - id-from: { from: /type }
                  properties: { a: /a }
                - id: ""
                  properties: { a: /a }
                - id: T
                  properties: { b: /b }
            - name: passed-on
            - to: message
            """);

        assertThat(shapes).extracting(RouteShape::name).containsExactly("r", "passed-on");
        RouteShape first = shapes.getFirst();
        assertThat(first.path()).isEqualTo("relay.routes[0]");
        assertThat(first.product()).isEqualTo("p1");
        assertThat(first.validation()).isEqualTo(Validation.STRIP);
        assertThat(first.services())
                .containsExactly(
                        new RouteShape.OfService(
                                "relay.routes[0].services[0]",
                                "S",
                                true,
                                Map.of(
                                        "a",
                                        new RouteShape.OfProperty(
                                                "relay.routes[0].services[0].properties.a", null, List.of()))),
                        new RouteShape.OfService(
                                "relay.routes[0].services[4]",
                                "T",
                                false,
                                Map.of(
                                        "b",
                                        new RouteShape.OfProperty(
                                                "relay.routes[0].services[4].properties.b", null, List.of()))));
        assertThat(shapes.get(1).services()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        { from: /a }                                       |             | []
        { from: /a, type: int }                            | int         | []
        { from: /a, type: DateTime }                       | DateTime    | []
        { from: /a, scale: 0.1 }                           | decimal     | []
        { from: /a, offset: 1 }                            | decimal     | []
        { from: /a, min: 0 }                               | decimal     | []
        { from: /a, max: 0 }                               | decimal     | []
        { from: /a, round: 2 }                             | decimal     | []
        { from: /a, round: 0 }                             | long        | []
        { from: /a, round: 0, type: decimal }              | decimal     | []
        { value: 21 }                                      |             | [21]
        { value: V }                                       |             | ["V"]
        { value: "21", type: int }                         | int         | [21]
        { value: high, type: int }                         | int         | []
        { from: /a, default: false }                       |             | [false]
        { value: .nan }                                    |             | []
        { from: /a, default: -.inf, type: decimal }        | decimal     | []
        """)
    void tellsTypesAndConstants(String rule, String type, String constants) {
        RouteShape.OfProperty property = shapes("""
                - name: r
                  services:
                    - id: S
                      properties:
                        p: %s
                """.formatted(rule))
                .getFirst()
                .services()
                .getFirst()
                .properties()
                .get("p");

        assertThat(String.valueOf(Objects.requireNonNull(property).type())).isEqualTo(String.valueOf(type));
        assertThat(property.constants().stream().map(JsonNode::toString).toList())
                .hasToString(constants);
    }

    @ParameterizedTest
    @EnumSource(ValueType.class)
    void knowsEveryType(ValueType type) {
        assertThatCode(() -> DataType.valueOf(type.name())).doesNotThrowAnyException();
    }

    private static List<RouteShape> shapes(String yaml) {
        StandardEnvironment environment = new StandardEnvironment();
        String text = "relay:\n  routes:\n" + yaml.indent(4);
        try {
            new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8), "test"))
                    .forEach(environment.getPropertySources()::addFirst);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (SettingsReader reader = new SettingsReader(environment)) {
            return RouteShapes.of(reader.readAsFarAsPossible(RoutesProperties.class)
                    .orElseThrow()
                    .routes());
        }
    }
}

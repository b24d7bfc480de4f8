package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.JsonRecordDecoder;
import io.iotdarelay.testing.TestTelemetry;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What rules make of values. */
class RuleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ from: [/a, /b] } | {\"a\":1,\"b\":2} | 1",
                "{ from: [/a, /b] } | {\"b\":2} | 2",
                "{ from: [/a, /b, /c] } | {\"a\":null,\"c\":3} | 3",
                "{ from: [/a, /b] } | {} | S.p: /a finds nothing",
                "{ from: [/a, /b], type: int } | {\"a\":\"x\",\"b\":2} | S.p: a number is wanted, not this text",
                "'{ from: \"/a,b\" }' | {\"a,b\":1} | 1"
            })
    void takesTheFirstOfSeveral(String rule, String value, String expected) {
        assertThat(apply(rule, value)).isEqualTo(expected);
    }

    private static String apply(String rule, String value) {
        return switch (RouteYaml.route(yaml(rule)).map(TestTelemetry.record(1, "d", null), tree(value))) {
            case Mapping.Unmappable unmappable -> unmappable.rejection().detail();
            case Mapping.Mapped mapped ->
                tree(TestTelemetry.text(mapped.report().json()))
                        .at("/properties/p")
                        .toString();
            case Mapping.GatewayWanted other -> throw new AssertionError(other);
        };
    }

    private static String yaml(String rule) {
        return """
                to: properties
                device-id: key
                services:
                - id: S
                  properties:
                    p: %s
                """.formatted(rule);
    }

    private static JsonNode tree(String json) {
        return ((Decoding.Decoded) new JsonRecordDecoder().decode(json.getBytes(StandardCharsets.UTF_8))).tree();
    }
}

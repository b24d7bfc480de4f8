package io.iotdarelay.mapping;

import static io.iotdarelay.testing.TestTelemetry.header;
import static io.iotdarelay.testing.TestTelemetry.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.JsonRecordDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code when}, as it is written in YAML. */
class ConditionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ /op: c }                                | {\"op\":\"c\"}            | true",
                "{ /op: c }                                | {\"op\":\"d\"}            | false",
                "{ /op: c }                                | {}                        | false",
                "{ /op: [c, u, r] }                        | {\"op\":\"r\"}            | true",
                "{ /op: [c, u, r] }                        | {\"op\":\"d\"}            | false",
                "{ /op: [1, 2] }                           | {\"op\":2.0}              | true",
                "{ /op: 5 }                                | {\"op\":\"5.0\"}          | true",
                "{ /op: 5 }                                | {\"op\":\"five\"}         | false",
                "{ /op: '5' }                              | {\"op\":\"5.0\"}          | false",
                "{ /q: true }                              | {\"q\":true}              | true",
                "{ /q: true }                              | {\"q\":false}             | false",
                "{ /q: true }                              | {\"q\":1}                 | false",
                "{ /q: { exists: true } }                  | {\"q\":0}                 | true",
                "{ /q: { exists: true } }                  | {\"q\":null}              | false",
                "{ /q: { exists: false } }                 | {}                        | true",
                "{ /q: { exists: false } }                 | {\"q\":null}              | true",
                "{ /q: { exists: false } }                 | {\"q\":1}                 | false",
                "{ /q: { matches: '^ab' } }                | {\"q\":\"abc\"}           | true",
                "{ /q: { matches: '^ab' } }                | {\"q\":\"cab\"}           | false",
                "{ /q: { matches: '^4' } }                 | {\"q\":42}                | true",
                "{ /q: { matches: 'x' } }                  | {\"q\":{\"x\":1}}         | false",
                "{ /q: { is: number } }                    | {\"q\":1.5}               | true",
                "{ /q: { is: number } }                    | {\"q\":\"1.5\"}           | false",
                "{ /q: { is: [string, array] } }           | {\"q\":[]}                | true",
                "{ /q: { is: 'null' } }                    | {\"q\":null}              | true",
                "{ /q: { is: null } }                      | {\"q\":null}              | true",
                "{ /q: { is: 'null' } }                    | {}                        | false",
                "{ /q: { above: 5 } }                      | {\"q\":5}                 | false",
                "{ /q: { above: 5 } }                      | {\"q\":\"5.1\"}           | true",
                "{ /q: { at-least: 5, below: 7 } }         | {\"q\":5}                 | true",
                "{ /q: { at-least: 5, below: 7 } }         | {\"q\":7}                 | false",
                "{ /q: { at-most: 1e2 } }                  | {\"q\":100}               | true",
                "{ /q: { at-most: 1e2 } }                  | {\"q\":[]}                | false",
                "{ /q: { at-most: 1e2 } }                  | {\"q\":1e999999999}       | false",
                "{ /a: 1, /b: 2 }                          | {\"a\":1,\"b\":2}         | true",
                "{ /a: 1, /b: 2 }                          | {\"a\":1,\"b\":3}         | false",
                "{ any: [{ /a: 1 }, { /b: 2 }] }           | {\"b\":2}                 | true",
                "{ any: [{ /a: 1 }, { /b: 2 }] }           | {\"b\":3}                 | false",
                "{ all: [{ /a: 1 }, { any: [{ /b: 2 }] }] }| {\"a\":1,\"b\":2}         | true",
                "{ all: [{ /a: 1 }, { any: [{ /b: 2 }] }] }| {\"a\":1}                 | false",
                "{ not: { /a: 1, /b: 2 } }                 | {\"a\":1}                 | true",
                "{ not: { /a: [1, 2] } }                   | {\"a\":2}                 | false",
                "{ not: { /a: { exists: true } } }         | {}                        | true",
                "{ 'header:event': up }                    | {}                        | true",
                "{ 'header:event': { matches: '^UP$' } }   | {}                        | false",
                "{ key: { matches: '^dev' } }              | {}                        | true",
                "{ topic: topic }                          | {}                        | true",
                "{ '[/a.b]': 1 }                           | {\"a.b\":1}               | true",
                "{ '/r/[n=x]/v': 1 }                       | {\"r\":[{\"n\":\"x\",\"v\":1}]} | true",
                "{ value: { above: 3 } }                   | 4                         | true",
                "{ /q: { at-least: 5, below: 7 } }         | {\"q\":4}                 | false",
                "{ /q: { below: 7 } }                      | {\"q\":-1e3}              | true",
                "{ /q: { at-most: 7 } }                    | {\"q\":7.01}              | false",
                "{ /q: { matches: tr } }                   | {\"q\":true}              | true",
                "{ 'header:none': { exists: true } }       | {}                        | false",
                "{ 'header:none': { exists: false } }      | {}                        | true",
                "{ /q: 'true' }                            | {\"q\":true}              | true",
            })
    void decidesWhetherARouteTakesARecord(String when, String value, boolean taken) {
        Mapping mapping = RouteYaml.route("to: message\ndevice-id: key\nwhen: " + when)
                .map(record(1, "dev-1", "", header("event", "up")), tree(value));

        assertThat(mapping instanceof Mapping.Reports).isEqualTo(taken);
    }

    @Test
    void searchesNoLongText() {
        Route route = RouteYaml.route("to: message\ndevice-id: key\nwhen: { /t: { matches: x } }");

        assertThat(route.map(record(1, "d", ""), text(4096))).isInstanceOf(Mapping.Reports.class);
        assertThat(route.map(record(1, "d", ""), text(4097))).isInstanceOf(Mapping.NotTaken.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ /q: { exist: true } }       | when[/q].exist: is no condition: use a value, a list of values, or one of exists, matches, is, above, at-least, below, at-most; did you mean 'exists'?",
                "{ /q: { exists: maybe } }     | when[/q].exists: must be true or false",
                "{ /q: { matches: '(' } }      | when[/q].matches: is not a regular expression: missing closing ) (RE2: without backreferences and lookaround)",
                "{ /q: { is: text } }          | when[/q].is: must be one of string, number, boolean, object, array, null, not 'text'",
                "{ /q: { above: much } }       | when[/q].above: must be a number",
                "{ q: 1 }                      | when[q]: 'q' is not a valid selector: use a JSON Pointer such as /a/b/0, or value, key, timestamp, topic, header:NAME; did you mean '/q'?",
                "{ ./q: 1 }                    | when[./q]: './q' is relative to an element, and there is no 'each' here: write /q",
                "{ any: [] }                   | when.any: a list of conditions is required",
                "{ any: [{ q: 1 }] }           | when.any[0][q]: 'q' is not a valid selector: use a JSON Pointer such as /a/b/0, or value, key, timestamp, topic, header:NAME; did you mean '/q'?",
                "{ not: { /q: { at-most: '1e999999' } } } | when.not[/q].at-most: must be a number",
                "{ not: 1 }                    | when.not: conditions are required, such as { /op: c }",
                "{ all: [1] }                  | when.all[0]: conditions are required, such as { /op: c }",
            })
    void isRefusedAtTheStart(String when, String problem) {
        assertThat(RouteYaml.problems("to: message\ndevice-id: key\nwhen: " + when))
                .containsExactly(problem);
    }

    @Test
    void wantsConditionsWhereTheyAreNamed() {
        List<String> problems = new ArrayList<>();
        ConditionCompiler compiler = new ConditionCompiler(new CompilerContext(
                (holds, path, message) -> {
                    if (!holds) {
                        problems.add(path + ": " + message);
                    }
                },
                KeyAndHeaderFormats.TEXT,
                0));

        compiler.compile("w", Map.of());
        compiler.compile("w", Map.of("any", List.of()));
        compiler.compile("w", Map.of("not", Map.of()));
        compiler.compile("w", Map.of("/q", List.of()));
        compiler.compile("w", Map.of("/q", List.of(Map.of("exists", true))));
        compiler.compile("w", Map.of("/q", Map.of()));

        assertThat(problems)
                .containsExactly(
                        "w: at least one condition is required",
                        "w.any: a list of conditions is required",
                        "w.not: conditions are required, such as { /op: c }",
                        "w[/q]: at least one value is required",
                        "w[/q]: a list of texts, numbers, true or false is required",
                        "w[/q]: at least one value is required");
    }

    private static JsonNode text(int length) {
        return tree("{\"t\":\"" + "x".repeat(length) + "\"}");
    }

    private static JsonNode tree(String json) {
        return ((Decoding.Decoded) new JsonRecordDecoder().decode(json.getBytes(StandardCharsets.UTF_8))).tree();
    }
}

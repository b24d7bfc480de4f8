package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.JsonRecordDecoder;
import io.iotdarelay.testing.Drafts;
import io.iotdarelay.testing.TestTelemetry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Rules are allowed wherever selectors are. */
class RulesInPlacesTest {

    private static final String SERVICES = """
            services:
            - id: S
              properties: { p: { value: 1 } }
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "{/a}_{/b}"                                             | x   | 1_2
            { text: "{/a}-{key}", case: upper }                     | x   | 1-X
            key:/id                                                 | {"id":"m-1"} | m-1
            "key:/ids/[n=x]/v"                                      | {"ids":[{"n":"x","v":7}]} | 7
            "key:"                                                  | "m-1" | m-1
            { from: ["key:/id", /a] }                               | {}  | 1
            { from: /none, default: d }                             | x   | d
            key:/id                                                 | {}  | device-id: key: /id finds nothing
            key:/id                                                 | {   | device-id: key: the text is not valid JSON
            key:/id                                                 | NULL | device-id: key finds nothing
            { from: key-bytes, as: uint8 }                          | A   | 65
            key-bytes                                               | A   | device-id: expected text, got binary
            key-bytes                                               | NULL | device-id: key-bytes finds nothing
            """)
    void makesDeviceIds(String rule, String key, String expected) {
        assertThat(map("to: properties\ndevice-id: " + rule + "\n" + SERVICES, key, "{\"a\":1,\"b\":\"2\"}"))
                .startsWith(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            id: "{/a}"                                              | "service_id":"1"
            id: "S{/a}-{/a}"                                        | "service_id":"S1-1"
            id-from: { from: /b, replace: { " ": _ } }              | "service_id":"x_y"
            id: "{/b}"                                              | {/b} id: IoTDA discards
            id: "{/none}"                                           | {/none} id: /none finds nothing
            id-from: /none                                          | services[0] id: /none finds nothing
            """)
    void makesServiceIds(String id, String expected) {
        String mapped = map(
                "to: properties\ndevice-id: key\nservices:\n- " + id + "\n  properties: { p: { value: 1 } }\n",
                "d",
                "{\"a\":1,\"b\":\"x y\"}");

        assertThat(mapped).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "*": /a                                                 | {"a":{"x":1,"y":null,"z":{}}}  | {"x":1,"z":{}
            "*": value                                              | {"x":1}                        | {"x":1}
            "*": /a, x: /b                                          | {"a":{"x":1},"b":2}            | {"x":2}
            "*": /a                                                 | {"a":[1]}                      | S.*: expected an object, got array
            "*": /a                                                 | {"a":{"x y":1}}                | S.*: IoTDA discards
            "*": /a                                                 | {}                             | S.*: /a finds nothing
            "*": { from: /a, optional: true }                       | {}                             | no property has a value
            "*": { from: /a, optional: true }                       | {"a":{"x":1}}                  | {"x":1}
            x: { expression: "a" }                                  | {}                             | S.x: the expression yields nothing
            x: { expression: "null" }                               | {}                             | S.x: the expression yields nothing
            x: { expression: "[$key]" }, y: { expression: "$topic" } | {}                            | {"x":["d"],"y":"topic"}
            "*": { from: /a, optional: true }, x: { value: 1 }      | {}                             | {"x":1}
            "*": { from: /a, json: value }                          | {"a":"{\\"x\\":1}"}        | {"x":1}
            "*": /a                                                 | {"a":{"x":null}}               | no property has a value
            "*": { each: /a, name: ./n, from: ./v }                 | {"a":[{"n":"x","v":1},{"n":"y","v":2}]} | {"x":1,"y":2}
            "*": { each: /a, name: { from: ./n, pattern: "([^:]+)$" }, from: ./v } | {"a":[{"n":"s:x","v":1}]} | {"x":1}
            "*": { each: /a, name: { from: ./n, pattern: "(.):(.)", as-text: $2$1, sanitize: _ }, from: ./v } | {"a":[{"n":"s: ","v":1}]} | {"_s":1}
            "*": { each: /a, from: ., scale: 0.1 }                  | {"a":{"x":1,"y":25}}           | {"x":0.1,"y":2.5}
            "*": { each: /a, from: ./v, optional: true }            | {"a":{"x":{"v":1},"y":{"v":null},"z":{}}} | {"x":1}
            "*": { each: /a, from: ./v }                            | {"a":{"x":{"v":1},"y":{}}}     | S.*: ./v finds nothing
            "*": { each: /a, from: . }                              | {"a":[1]}                      | S.*: elements of an array have no names: name is required
            "*": { each: /a, name: ./n, from: ./v }                 | {"a":[{"n":"x","v":1},{"n":"x","v":2}]} | S.*: two values have the name x
            "*": { each: /a, name: ./n, from: ./v }                 | {"a":[{"v":1}]}                | S.*: name: ./n finds nothing
            "*": { each: /a, name: { from: ./n, pattern: "^T(.*)" }, from: ./v, optional: true } | {"a":[{"n":"Tx","v":1},{"n":"y","v":2}]} | {"x":1}
            "*": { each: /a, name: ./n, from: ./v }                 | {}                             | S.*: each: /a finds nothing
            "*": { each: [{ from: /a, optional: true }], name: ./n, from: ./v }, x: /x | {"x":1}        | {"x":1}
            "*": { each: [/a, ./b], name: "./n", from: ./v }        | {"a":[{"b":[{"n":"x","v":1}]},{"b":[{"n":"y","v":2}]}]} | {"x":1,"y":2}
            "*": { name: /n, from: /v }                             | {"n":"x","v":1}                | {"x":1}
            "*": { expression: "{'x': a * 2}" }                     | {"a":2}                        | {"x":4}
            "*": { from: /a, name: { include: [x, "s_*"] } }        | {"a":{"x":1,"s_":2,"s_a":3,"as_b":4}} | {"x":1,"s_":2,"s_a":3}
            "*": { from: /a, name: { exclude: ["*_raw", "a*b*c"] } } | {"a":{"x":1,"x_raw":2,"abc":3,"a-b-c":4,"acb":5,"ac":6}} | {"x":1,"acb":5,"ac":6}
            "*": { from: /a, name: { include: ["s*"], exclude: [st] } } | {"a":{"st":1,"su":2}}      | {"su":2}
            "*": { from: /a, name: { include: ["ab*ba"] } }         | {"a":{"aba":1,"abba":2}}       | {"abba":2}
            "*": { from: /a, name: { include: ["a*bc*bcd"] } }      | {"a":{"abcd":1,"abcbcd":2}}    | {"abcbcd":2}
            "*": { from: /a, name: { exclude: ["x y"] } }           | {"a":{"x y":1,"z":2}}          | {"z":2}
            "*": { from: /a, name: { rename: { "t": temperature, "a.b": c } } } | {"a":{"t":1,"a.b":2,"d":3}} | {"temperature":1,"c":2,"d":3}
            "*": { from: /a, name: { sanitize: _ } }                | {"a":{"x y/z":1,"Größe":2,"😀":3}} | {"x_y_z":1,"Gro_e":2,"_":3}
            "*": { from: /a, name: { sanitize: "" } }               | {"a":{"x y":1}}                | {"xy":1}
            "*": { from: /a, name: { sanitize: "" } }               | {"a":{" ":1}}                  | S.*: IoTDA discards
            "*": { from: /a, name: { sanitize: _ } }                | {"a":{"x y":1,"x/y":2}}        | S.*: two values have the name x_y
            "*": { from: /a, name: { rename: { a: b } } }           | {"a":{"a":1,"b":2}}            | S.*: two values have the name b
            "*": { from: /a, name: { rename: { a: b } } }           | {"a":{"a":1,"b":null}}         | {"b":1}
            "*": { from: /a, name: { sanitize: _ } }, x_y: /b       | {"a":{"x y":1},"b":2}          | {"x_y":2}
            "*": { from: /a, name: { at-most: 2 } }                 | {"a":{"x":1,"y":2}}            | {"x":1,"y":2}
            "*": { from: /a, name: { at-most: 2 } }                 | {"a":{"x":1,"y":2,"z":3}}      | S.*: there are more than 2 properties
            "*": { from: /a, name: { at-most: 1, exclude: [y] } }   | {"a":{"x":1,"y":2,"z":null}}   | {"x":1}
            """)
    void takesAllMembersOfAnObject(String properties, String value, String expected) {
        String mapped = map(
                "to: properties\ndevice-id: key\nservices:\n- id: S\n  properties: { " + properties + " }\n",
                "d",
                value);

        assertThat(mapped).contains(expected);
    }

    @Test
    void takesNoMoreMembersThanAServiceHasProperties() {
        StringBuilder members = new StringBuilder("\"p0\":0");
        for (int i = 1; i <= 500; i++) {
            members.append(",\"p").append(i).append("\":0");
        }

        assertThat(map(
                        "to: properties\ndevice-id: key\nservices:\n- id: S\n  properties: { \"*\": /a }\n",
                        "d",
                        "{\"a\":{" + members + "}}"))
                .isEqualTo("S.*: there are more than 500 properties");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            { from: /p, name: { at-most: 0 } }                      | name.at-most: must be 1 to 500
            { from: /p, name: { at-most: 501 } }                    | name.at-most: must be 1 to 500
            { from: /p, name: { sanitize: " " } }                   | name.sanitize: must be at most 8 characters that the name of a property may have
            { from: /p, name: { sanitize: aaaaaaaaa } }             | name.sanitize: must be at most 8 characters
            { from: /p, name: { rename: { a: "b c" } } }            | name.rename.a: IoTDA discards
            { from: /p, name: { include: [x, on] } }                | name.include: YAML reads words such as on, off, yes or no as true: quote the name
            { from: /p, name: { exclude: [off] } }                  | name.exclude: YAML reads words such as on, off, yes or no as false: quote the name
            { from: /p, name: { rename: { p: yes } } }              | name.rename.p: YAML reads words such as on, off, yes or no as true: quote the name
            { from: p }                                             | : 'p' is not a valid selector
            { from: /p, name: { as-text: x } }                      | name.from: is required with pattern and as-text
            { from: /p, name: { pattern: x } }                      | name.from: is required with pattern and as-text
            { from: /p, name: { from: ./n } }                       | name: './n' is relative to an element, and there is no 'each' here: write /n
            { each: /p, name: p, from: ./v }                        | name: 'p' is not a valid selector
            { from: ./p }                                           | './p' is relative
            { from: /p, sanitize: "." }                             | sanitize: must be at most 8 letters, digits, '_' and '-'
            """)
    void refusesWrongNames(String rule, String problem) {
        assertThat(RouteYaml.problems(
                        "to: properties\ndevice-id: key\nservices:\n- id: S\n  properties: { \"*\": " + rule + " }"))
                .singleElement()
                .asString()
                .contains("services[0].properties.*", problem);
    }

    @Test
    void namesComeFromDataForAllMembersOnly() {
        assertThat(RouteYaml.problems("""
                        to: properties
                        device-id: { from: key, name: { sanitize: _ } }
                        services:
                        - id: S
                          event-time: { from: /t, name: { sanitize: _ } }
                          properties: { p: { from: /p, name: { sanitize: _ } } }
                        """))
                .containsExactlyInAnyOrder(
                        "device-id.name: is allowed only for '*'",
                        "services[0].event-time.name: is not allowed for event-time",
                        "services[0].properties.p.name: is allowed only for '*'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            { name: { from: /n, optional: true } }                  | {"id":"topic-0-1","content":{"a":1}}
            { name: { from: /a, optional: true } }                  | {"name":"1","id":"topic-0-1","content":{"a":1}}
            { name: { from: /n } }                                  | message name: /n finds nothing
            { id: "{topic}-{/a}", content: { text: "a is {/a}" } }  | {"id":"topic-1","content":"a is 1"}
            { content: "" }                                         | {"id":"topic-0-1","content":{"a":1}}
            """)
    void makesFieldsOfMessages(String message, String expected) {
        assertThat(map("to: message\ndevice-id: key\nmessage: " + message, "d", "{\"a\":1}"))
                .endsWith(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            { from: /g, pattern: "^gw-(.*)", case: upper }          | A1
            { from: [/none, /g] }                                   | gw-a1
            """)
    void makesGatewayIds(String rule, String expected) {
        assertThat(map("to: gateway\ndevice-id: key\ngateway-id: " + rule + "\n" + SERVICES, "d", "{\"g\":\"gw-a1\"}"))
                .startsWith(expected);
    }

    @Test
    void makesTimes() {
        assertThat(map("""
                        to: properties
                        device-id: key
                        services:
                        - id: S
                          event-time: { text: "{/date} {/time}", zone: Europe/Berlin }
                          properties: { p: { value: 1 } }
                        """, "d", "{\"date\":\"2026-11-01\",\"time\":\"12:00:00\"}"))
                .contains("\"event_time\":\"2026-11-01T11:00:00.000Z\"");
        assertThat(map("""
                        to: properties
                        device-id: key
                        services:
                        - id: S
                          event-time: { from: /t, missing: [0], scale: 60 }
                          properties: { p: { value: 1 } }
                        """, "d", "{\"t\":29889600}")).contains("\"event_time\":\"2026-10-30T");
    }

    @Test
    void reportsAllErrorsAtOnce() {
        assertThat(RouteYaml.problems("""
                to: gateway
                device-id: { from: /d, optional: true }
                gateway-id: { from: g, pattern: "(" }
                services:
                - id: "{/x"
                  id-from: /y
                  event-time: { from: /t, text: x, default: 0, optional: false }
                  properties:
                    p: { from: /p, bit: 99, round: 99 }
                - id-from: y
                  properties: { p: /p }
                - id: "{y}"
                  properties: { p: /p }
                """))
                .satisfiesExactly(
                        problem -> assertThat(problem)
                                .isEqualTo(
                                        "device-id.optional: is allowed for properties and the name of a message only"),
                        problem -> assertThat(problem).startsWith("gateway-id.pattern: is not a regular expression"),
                        problem -> assertThat(problem).startsWith("gateway-id: 'g' is not a valid selector"),
                        problem -> assertThat(problem).startsWith("services[0].id: the service_id"),
                        problem -> assertThat(problem).isEqualTo("services[0].properties.p.bit: must be 0 to 63"),
                        problem -> assertThat(problem).isEqualTo("services[0].properties.p.round: must be 0 to 20"),
                        problem -> assertThat(problem).startsWith("services[0].event-time.optional: is not allowed"),
                        problem -> assertThat(problem).startsWith("services[0].event-time.default: is not allowed"),
                        problem -> assertThat(problem).startsWith("services[0].event-time: one of a selector"),
                        problem -> assertThat(problem).startsWith("services[1].id-from: 'y' is not a valid selector"),
                        problem -> assertThat(problem).startsWith("services[2].id: 'y' is not a valid selector"));
    }

    private static String map(String yaml, @Nullable String key, String value) {
        String given = "NULL".equals(key) ? null : key;
        return switch (Drafts.only(RouteYaml.route(yaml)
                .map(
                        TestTelemetry.record(1, given, null),
                        ((Decoding.Decoded) new JsonRecordDecoder().decode(value.getBytes(StandardCharsets.UTF_8)))
                                .tree()))) {
            case Draft.Unmappable unmappable -> unmappable.rejection().detail();
            case Draft.Nothing nothing -> nothing.toString();
            case Draft.Reportable report ->
                Drafts.report(report).sender() + " " + TestTelemetry.text(Drafts.json(report));
        };
    }

    @Test
    void expressionsYieldWholeReports() {
        Route route = RouteYaml.route("""
                to: properties
                each:
                - expression: |
                    rows.{ "id": $lookup($$.names, $string(n)), "services": [{ "service_id": "S", "properties": { "p": v * 2 } }] }
                device-id: ./id
                services-from: ./services
                """);

        List<String> reports =
                parts(route, "{\"names\":{\"1\":\"a\",\"2\":\"b\"},\"rows\":[{\"n\":1,\"v\":0.1},{\"n\":2,\"v\":2}]}");

        assertThat(reports).hasSize(2);
        assertThat(reports.get(0)).startsWith("a ").contains("\"p\":0.2");
        assertThat(reports.get(1)).startsWith("b ").contains("\"p\":4");
    }

    @Test
    void expressionsOfARecordWithoutAKeyFindNone() {
        assertThat(map(
                        "to: message\ndevice-id: topic\nmessage: { name: { expression: $key, default: none } }",
                        null,
                        "{}"))
                .contains("\"name\":\"none\"");
    }

    @Test
    void expressionsYieldServices() {
        Route route = RouteYaml.route("""
                to: properties
                device-id: key
                services-from: { expression: "[{'service_id': 'S', 'properties': {'p': $key, 'q': $topic}}]" }
                """);

        assertThat(parts(route, "{}")).singleElement().asString().contains("\"p\":\"d\",\"q\":\"topic\"");
    }

    @Test
    void anExpressionThatIsHostileCostsOneRecord() {
        Route route = RouteYaml.route("""
                to: properties
                device-id: key
                services:
                - id: S
                  properties: { p: { expression: "($f := function($x) { $f($x) }; a = 1 ? $f(1) : 2)" } }
                """);

        assertThat(parts(route, "{\"a\":1}")).containsExactly("S.p: the expression: it takes more than 50000 steps");
        assertThat(parts(route, "{\"a\":2}")).singleElement().asString().contains("\"p\":2");
    }

    @Test
    void wrongExpressionsAreToldAtTheStart() {
        assertThat(RouteYaml.problems("""
                        to: properties
                        device-id: { expression: "$eval(a)" }
                        each: [{ expression: "(" }]
                        services:
                        - id: S
                          event-time: { expression: "a" }
                          properties: { p: { expression: "a", from: /a }, q: { expression: "a b" } }
                        """))
                .hasSize(4)
                .anySatisfy(problem -> assertThat(problem).startsWith("device-id.expression: the function $eval"))
                .anySatisfy(problem -> assertThat(problem).startsWith("each: is not an expression of JSONata"))
                .anySatisfy(problem -> assertThat(problem).startsWith("services[0].properties.p: one of"))
                .anySatisfy(problem -> assertThat(problem).startsWith("services[0].properties.q.expression: is not"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ text: \"{/a}{/a}{/a}\" }",
                "{ from: /a, replace: { a: bbbb } }",
                "{ from: /a, pattern: \"(?s)(.*)\", as-text: $1$1$1 }"
            })
    void textsThatGrowAreBounded(String rule) {
        Route route = RouteYaml.route(
                "to: properties\ndevice-id: key\nservices:\n- id: S\n  properties: { p: " + rule + " }\n");

        assertThat(parts(route, "{\"a\":\"" + "a".repeat(400_000) + "\"}"))
                .containsExactly("S.p: the text becomes longer than 1000000 characters");
        assertThat(parts(route, "{\"a\":\"aa\"}")).singleElement().asString().startsWith("d ");
    }

    @Test
    void numbersThatAreNoneAreNoValues() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("nan", Double.NaN).put("infinite", Float.NEGATIVE_INFINITY).put("ok", 1.5);
        Route route = RouteYaml.route("""
                to: properties
                device-id: key
                services:
                - id: S
                  properties:
                    "*": value
                    p: { from: /nan, default: 0 }
                    q: { from: /infinite, optional: true }
                    r: { from: [/nan, /ok], type: decimal }
                """);

        Draft draft = Drafts.only(route.map(TestTelemetry.record(1, "d", null), tree));

        assertThat(TestTelemetry.text(Drafts.json((Draft.Reportable) draft)))
                .contains("{\"ok\":1.5,\"p\":0,\"r\":1.5}");
    }

    @Test
    void numbersThatAreNoneAreNotPassedOn() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        ObjectNode entry = tree.putArray("services").addObject().put("service_id", "S");
        entry.putObject("properties").put("nan", Double.NaN).put("ok", 1.5);
        Route route = RouteYaml.route("to: properties\ndevice-id: key");

        Draft draft = Drafts.only(route.map(TestTelemetry.record(1, "d", null), tree));

        assertThat(TestTelemetry.text(Drafts.json((Draft.Reportable) draft))).contains("\"properties\":{\"ok\":1.5}");
    }

    private static List<String> parts(Route route, String value) {
        Mapping mapping = route.map(
                TestTelemetry.record(1, "d", null),
                ((Decoding.Decoded) new JsonRecordDecoder().decode(value.getBytes(StandardCharsets.UTF_8))).tree());
        return ((Mapping.Reports) mapping)
                .parts().stream()
                        .map(part -> switch (part.draft()) {
                            case Draft.Unmappable unmappable ->
                                unmappable.rejection().detail();
                            case Draft.Nothing nothing -> nothing.toString();
                            case Draft.Reportable report ->
                                Drafts.report(report).sender() + " " + TestTelemetry.text(Drafts.json(report));
                        })
                        .toList();
    }
}

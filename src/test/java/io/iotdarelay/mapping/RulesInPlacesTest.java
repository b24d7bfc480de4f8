package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.JsonRecordDecoder;
import io.iotdarelay.testing.Drafts;
import io.iotdarelay.testing.TestTelemetry;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
            "*": /a                                                 | {"a":{"x":1,"y":null,"z":{}}}  | {"x":1,"z":{}}
            "*": value                                              | {"x":1}                        | {"x":1}
            "*": /a, x: /b                                          | {"a":{"x":1},"b":2}            | {"x":2}
            "*": /a                                                 | {"a":[1]}                      | S.*: expected an object, got array
            "*": /a                                                 | {"a":{"x y":1}}                | S.*: IoTDA discards
            "*": /a                                                 | {}                             | S.*: /a finds nothing
            "*": { from: /a, optional: true }                       | {}                             | no property has a value
            "*": { from: /a, optional: true }, x: { value: 1 }      | {}                             | {"x":1}
            "*": { from: /a, json: value }                          | {"a":"{\\"x\\":1}"}        | {"x":1}
            "*": /a                                                 | {"a":{"x":null}}               | no property has a value
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
                .isEqualTo("S.*: a service has 500 properties at most");
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
                        problem -> assertThat(problem).startsWith("services[0].event-time: either a selector"),
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
            case Draft.Reportable report -> Drafts.report(report).sender() + " " + TestTelemetry.text(report.write());
        };
    }
}

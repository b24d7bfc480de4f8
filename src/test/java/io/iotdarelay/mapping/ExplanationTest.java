package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.StrictJson;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ExplanationTest {

    private static final String RECORD = """
            {"id":"m-1","ts":"2026-01-01T00:00:00Z","dv":2301,"flags":8,"regs":[1,2],"t":"a/b","state":"ON","json":"{\\"x\\":1}",
             "old":"1970-01-01T00:00:00Z","none":null}""";

    @Test
    void explainsWhereADeviceComesFrom() {
        assertThat(explain("device-id: /id")).startsWith("device-id: /id=\"m-1\" -> \"m-1\"");
        assertThat(explain("device-id: { from: [/no, /id] }")).startsWith("device-id: /no; /id=\"m-1\" -> \"m-1\"");
        assertThat(explain("device-id: { from: [/id, /no] }")).startsWith("device-id: /id=\"m-1\" -> \"m-1\"");
        assertThat(explain("device-id: /regs")).startsWith("device-id: /regs=[1,2] -> (");
        assertThat(explain("device-id: \"x_{/id}\"")).startsWith("device-id: x_{/id}=\"x_m-1\" -> \"x_m-1\"");
    }

    @Test
    void explainsGatewayAndMessage() {
        assertThat(explain("to: gateway\ndevice-id: /id\ngateway-id: /no"))
                .contains("\ngateway-id: /no -> (/no finds nothing)");
        assertThat(explain("to: message\ndevice-id: /id\nmessage: { name: topic, id: /id, content: /t }"))
                .contains(
                        "\nmessage name: topic=\"topic\" -> \"topic\"",
                        "\nmessage id: /id=\"m-1\" -> \"m-1\"",
                        "\nmessage content: /t=\"a/b\" -> \"a/b\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/dv | /dv=2301 -> 2301",
                "{ from: /dv, missing: [1], scale: 0.1, round: 0, min: 0, max: 100, type: int } |"
                        + " /dv=2301, missing=2301, scale, offset=230.1, round=230, min, max=100, type=100 -> 100",
                "{ from: /flags, bit: 3 } | /flags=8, bit=true -> true",
                "{ from: /regs, bytes: words, as: int16 } | /regs=[1,2], as=1 -> 1",
                "{ from: /t, pattern: \"^[a-z]\", case: upper, replace: { A: Z } } |"
                        + " /t=\"a/b\", pattern=\"a\", replace=\"a\", case=\"A\" -> \"A\"",
                "{ expression: \"dv / 10\" } | expression=230.1 -> 230.1",
                "{ from: /t, sanitize: _ } | /t=\"a/b\", sanitize=\"a_b\" -> \"a_b\"",
                "{ from: /json, json: /x } | /json=\"{\\\"x\\\":1}\", json=1 -> 1",
                "{ from: /state, map: { \"ON\": true } } | /state=\"ON\", map=true -> true",
                "{ from: /t, sanitize: _ } | /t=\"a/b\", sanitize=\"a_b\" -> \"a_b\"",
                "{ expression: \"$value.dv * 2\" } | expression=4602 -> 4602",
                "{ value: 7 } | value=7 -> 7",
                "{ from: /no, default: 5 } | /no; default=5 -> 5",
                "{ from: [/no, /none], optional: true } | /no; /none -> (left out: /no finds nothing)",
                "{ from: /state, type: int } | /state=\"ON\" -> (the text is not a number)"
            })
    void explainsEachStep(String rule, String explained) {
        assertThat(explain("device-id: /id\nservices:\n  - id: S\n    properties:\n      p: " + rule))
                .endsWith("\nS.p: " + explained);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ from: /json, json: value } | /json=\"{\\\"x\\\":1}\", json={\"x\":1} -> {\"x\":1}",
                "{ from: /json, json: value, name: { rename: { x: y } } } | ' -> {\"y\":1}'",
                "{ each: /regs, name: /state, from: . } | ' -> (two values have the name ON)'",
            })
    void explainsPropertiesThatDataNames(String rule, String explained) {
        assertThat(explain("device-id: /id\nservices:\n  - id: S\n    properties:\n      \"*\": " + rule))
                .endsWith("\nS.*: " + explained);
    }

    @Test
    void readsADeviceIdAsARuleDoes() {
        assertThat(Explanation.deviceId(" \"m-1\" ")).isEqualTo("m-1");
        assertThat(Explanation.deviceId("17.0")).isEqualTo("17");
        assertThat(Explanation.deviceId("a b")).isEqualTo("a b");
    }

    @Test
    void explainsPropertiesWhoseNamesComeFromData() {
        assertThat(explain("device-id: /id\nservices: [{ id: S, properties: { '*': value } }]"))
                .contains("\nS.*: value={");
        assertThat(explain("device-id: /id\nservices: [{ id: S, properties: { '*': { each: /regs, name: { from: .index,"
                        + " pattern: 'x' }, from: ., optional: true } } }]"))
                .endsWith("\nS.*:  -> {}");
        assertThat(
                        explain(
                                "device-id: /id\nservices: [{ id: S, properties: { '*': { from: /no, name: { at-most: 2 } } } }]"))
                .endsWith("\nS.*:  -> (/no finds nothing)");
    }

    @Test
    void explainsIdsAndTimesOfServices() {
        assertThat(explain("""
                        device-id: /id
                        services:
                          - id: "{/id}"
                            event-time: { from: [/old, /ts] }
                            properties: { p: /dv }
                          - id: First
                            event-time: { from: [/ts, /old] }
                            properties: { p: /dv }
                          - id-from: /state
                            event-time: /old
                            properties: { p: /dv }
                          - id: Second
                            event-time: { from: [/old, arrival] }
                            properties: { p: /dv }
                          - id: Third
                            event-time: { from: [/ts, arrival] }
                            properties: { p: /dv }"""))
                .contains(
                        "\n{/id} id: {/id}=\"m-1\" -> \"m-1\"",
                        "\n{/id} event-time: /old=\"1970-01-01T00:00:00Z\"; /ts=\"2026-01-01T00:00:00Z\" -> \"2026-01-01T00:00:00.000Z\"",
                        "\nFirst event-time: /ts=\"2026-01-01T00:00:00Z\" -> \"2026-01-01T00:00:00.000Z\"",
                        "\nservices[2] id: /state=\"ON\" -> \"ON\"",
                        "\nSecond event-time: /old=\"1970-01-01T00:00:00Z\" -> (left out: IoTDA uses the time of arrival)",
                        "\nThird event-time: /ts=\"2026-01-01T00:00:00Z\" -> \"2026-01-01T00:00:00.000Z\"",
                        "\nservices[2] event-time: /old=\"1970-01-01T00:00:00Z\" -> (the time is before ");
    }

    @Test
    void leavesOutWhatIsMadeOfElements() {
        assertThat(explain("device-id: /id\neach: /regs\nservices: [ { id: S, properties: { p: . } } ]"))
                .isEmpty();
        assertThat(explain("device-id: /id\nservices: [ { id: S, each: /regs, properties: { p: . } } ]"))
                .isEqualTo("device-id: /id=\"m-1\" -> \"m-1\"");
    }

    @Test
    void readsTimes() {
        JsonNode tree = tree();
        assertThat(Explanation.time(record(), tree.path("ts"))).isEqualTo("2026-01-01T00:00:00.000Z");
        assertThat(Explanation.time(record(), tree.path("state"))).isNull();
    }

    private static String explain(String yaml) {
        RouteProperties route = RouteYaml.properties(yaml.contains("to: ") ? yaml : "to: properties\n" + yaml);
        return Explanation.of(route, record(), tree()).stream()
                .map(ExplanationTest::text)
                .collect(Collectors.joining("\n"));
    }

    private static String text(Explanation explanation) {
        String sources = explanation.sources().stream()
                .map(source -> source.selector()
                        + (source.raw() == null ? "" : "=" + source.raw())
                        + source.steps().stream()
                                .map(step -> ", " + step.step() + "=" + step.result())
                                .collect(Collectors.joining()))
                .collect(Collectors.joining("; "));
        return explanation.target() + ": " + sources + " -> "
                + (explanation.value() == null ? "(" + explanation.why() + ")" : explanation.value());
    }

    private static JsonNode tree() {
        return StrictJson.reader().readTree(RECORD);
    }

    private static SourceRecord record() {
        return new SourceRecord(
                new RecordPosition("topic", 0, 0),
                Instant.parse("2026-01-01T00:00:01Z"),
                null,
                RECORD.getBytes(StandardCharsets.UTF_8),
                List.of());
    }
}

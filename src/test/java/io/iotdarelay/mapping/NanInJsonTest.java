package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.JsonRecordDecoder;
import io.iotdarelay.testing.Drafts;
import io.iotdarelay.testing.TestTelemetry;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokens NaN, Infinity and -Infinity, which some serializers write although JSON has none of them: no value, unless a rule says otherwise. */
class NanInJsonTest {

    private static final String PROPERTY = """
            to: properties
            device-id: key
            services:
            - id: S
              event-time: timestamp
              properties:
                ok: /ok
                p: %s
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /v                                      | S.p: /v is NaN or infinite
            { from: /v, type: decimal }             | S.p: /v is NaN or infinite
            { from: /v, scale: 0.1 }                | S.p: /v is NaN or infinite
            { from: /v, missing: [NaN] }            | S.p: /v is NaN or infinite
            "x{/v}"                                 | S.p: /v is NaN or infinite
            { from: /v, optional: true }            | {"ok":1}
            { from: /v, default: -1 }               | {"ok":1,"p":-1}
            { from: /v, missing: [NaN], default: 0 } | {"ok":1,"p":0}
            { from: [/v, /ok] }                     | {"ok":1,"p":1}
            { expression: v, default: 5 }           | {"ok":1,"p":5}
            """)
    void isNoValue(String rule, String expected) {
        for (String token : new String[] {"NaN", "Infinity", "-Infinity"}) {
            assertThat(report(PROPERTY.formatted(rule), "{\"ok\":1,\"v\":" + token + "}"))
                    .as(token)
                    .contains(expected);
        }
    }

    @Test
    void doesNotMatterWhereNothingReadsIt() {
        assertThat(report(PROPERTY.formatted("/ok"), "{\"ok\":1,\"v\":NaN}")).contains("{\"ok\":1,\"p\":1}");
    }

    /** Never as a number: the request would not be JSON. */
    @Test
    void isATextInsideWhatIsPassedOnAsAWhole() {
        assertThat(report(PROPERTY.formatted("/o"), "{\"ok\":1,\"o\":{\"v\":NaN,\"w\":[-Infinity]}}"))
                .contains("\"p\":{\"v\":\"NaN\",\"w\":[\"-Infinity\"]}");
        assertThat(report("to: message\ndevice-id: key", "{\"v\":NaN}"))
                .contains("\"NaN\"")
                .doesNotContain(":NaN");
    }

    @Test
    void isLeftOutAsNullIs() {
        assertThat(report(PROPERTY.formatted("/ok").replace("p: /ok", "\"*\": value"), "{\"ok\":1,\"v\":NaN}"))
                .contains("{\"ok\":1}");
        String own = "to: properties\ndevice-id: key";
        assertThat(
                        report(
                                own,
                                "{\"services\":[{\"service_id\":\"S\",\"properties\":{\"a\":1,\"b\":Infinity},\"event_time\":NaN}]}"))
                .contains("{\"a\":1}")
                .contains("\"event_time\":\"20");
    }

    @ParameterizedTest
    @ValueSource(strings = {"device-id: /v", "device-id: \"m{/v}\""})
    void namesNoDevice(String id) {
        assertThat(report(PROPERTY.formatted("/ok").replace("device-id: key", id), "{\"ok\":1,\"v\":NaN}"))
                .contains("/v is NaN or infinite");
    }

    @Test
    void isNoTime() {
        String timed = PROPERTY.formatted("/ok").replace("event-time: timestamp", "event-time: %s");

        assertThat(report(timed.formatted("/v"), "{\"ok\":1,\"v\":NaN}")).contains("/v is NaN or infinite");
        assertThat(report(timed.formatted("{ from: [/v, timestamp] }"), "{\"ok\":1,\"v\":NaN}"))
                .contains("event_time");
    }

    @Test
    void isNoValueInJsonThatIsText() {
        assertThat(report(
                        PROPERTY.formatted("{ from: /t, json: /v, optional: true }"),
                        "{\"ok\":1,\"t\":\"{\\\"v\\\":NaN}\"}"))
                .contains("{\"ok\":1}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            { /v: { is: number } }       | true
            { /v: { exists: true } }     | true
            { /v: 1 }                    | false
            { /v: { above: 0 } }         | false
            { /v: { at-most: 0 } }       | false
            """)
    void meetsConditionsAsANumberThatIsNone(String condition, boolean taken) {
        Mapping mapping = map("when: " + condition + "\n" + PROPERTY.formatted("/ok"), "{\"ok\":1,\"v\":NaN}");

        assertThat(mapping instanceof Mapping.Reports).isEqualTo(taken);
    }

    /** The report's JSON, or why there is none. */
    private static String report(String yaml, String value) {
        return switch (Drafts.only(map(yaml, value))) {
            case Draft.Reportable report -> TestTelemetry.text(Drafts.json(report));
            case Draft.Unmappable unmappable -> unmappable.rejection().detail();
            case Draft.Nothing nothing -> nothing.toString();
        };
    }

    private static Mapping map(String yaml, String value) {
        Decoding decoding = new JsonRecordDecoder().decode(value.getBytes(StandardCharsets.UTF_8));
        return RouteYaml.route(yaml).map(TestTelemetry.record(1, "d", value), ((Decoding.Decoded) decoding).tree());
    }
}

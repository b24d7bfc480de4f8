package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.iotda.RequestBody;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.Drafts;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.testing.Yaml;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class TimeRuleTest {

    private static final long STAMP = Instant.parse("2026-01-01T10:00:00Z").toEpochMilli();
    private static final String TOO_EARLY =
            "is before 2000-01-01T00:00:00Z: a clock that was not set, or another unit?";
    private static final String TOO_FAR = "the time is further ahead of the record's timestamp than max-ahead allows";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.61 | S event-time: the time " + TOO_EARLY,
                "0 | S event-time: the time " + TOO_EARLY,
                "946684799.999 | S event-time: the time " + TOO_EARLY,
                "946684800 | 2000-01-01T00:00:00.000Z",
                "\"1969-12-31T23:59:59Z\" | S event-time: the time " + TOO_EARLY,
                "260101180000 | S event-time: the time " + TOO_EARLY,
                "\"20260101180000\" | 2026-01-01T18:00:00.000Z",
                "20260101180000 | S event-time: " + TOO_FAR,
                "\"2027-01-02T10:00:00Z\" | 2027-01-02T10:00:00.000Z",
                "\"2027-01-02T10:00:00.001Z\" | S event-time: " + TOO_FAR,
                "\"2612-01-01T00:00:00Z\" | S event-time: " + TOO_FAR,
                "\"+10000-01-01T00:00:00Z\" | S event-time: the time is out of range"
            })
    void believesWhatIsPlausible(String time, String expected) {
        assertThat(map("event-time: /t", time, STAMP)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1767261600000 | 2026-01-01T10:00:00.000Z",
                "1767261600 | 2026-01-01T10:00:00.000Z",
                "1767261600123456 | S event-time: the record's timestamp: the time is out of range",
                "9223372036854775807 | S event-time: the record's timestamp: the time is out of range",
                "0 | S event-time: the record's timestamp: the time " + TOO_EARLY
            })
    void readsTheRecordsTimeStampInSecondsToo(long stamp, String expected) {
        assertThat(map("", "1", stamp)).isEqualTo(expected);
    }

    @Test
    void comparesWithNoTimeStampThatIsImplausibleItself() {
        assertThat(map("event-time: /t", "\"2026-01-01T10:00:00Z\"", 5000)).isEqualTo("2026-01-01T10:00:00.000Z");
    }

    @ParameterizedTest
    @CsvSource({
        "1.61, 2026-01-01T10:00:00.000Z",
        "1767261500, 2026-01-01T09:58:20.000Z",
        "null, 2026-01-01T10:00:00.000Z",
        "\"soon\", 2026-01-01T10:00:00.000Z"
    })
    void takesTheFirstThatIsPlausible(String time, String expected) {
        assertThat(map("event-time: { from: [/t, timestamp] }", time, STAMP)).isEqualTo(expected);
    }

    @Test
    void saysWhatIsWrongWithTheFirst() {
        assertThat(map("event-time: { from: [/t, /u] }", "\"soon\"", STAMP))
                .isEqualTo("S event-time: the text is not a time in a known format");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ from: /t, zone: Europe/Berlin } | \"2026-01-01 11:00:00\" | 2026-01-01T10:00:00.000Z",
                "{ from: /t, format: yyMMddHHmmss, zone: Asia/Shanghai } | \"260101180000\" | 2026-01-01T10:00:00.000Z",
                "{ from: /t, format: seconds, not-before: 1970-01-01 } | 99999 | 1970-01-02T03:46:39.000Z",
                "{ from: /t, format: milliseconds } | 1767225600000 | 2026-01-01T00:00:00.000Z",
                "{ from: /t, not-before: 1980-01-01T00:00:00Z } | 400000000 | 1982-09-04T15:06:40.000Z",
                "{ from: /t, not-before: 1980-01-01 } | 1 | S event-time: the time is before 1980-01-01T00:00:00Z: a clock that was not set, or another unit?",
                "{ from: /t, max-ahead: 3650d } | \"2030-01-01T00:00:00Z\" | 2030-01-01T00:00:00.000Z",
                "{ from: /t, max-ahead: 0s } | \"2026-01-01T10:00:00.001Z\" | S event-time: the time is further ahead of the record's timestamp than max-ahead allows",
                "{ from: /t, format: dd.MM.yyyy } | \"2026-01-01\" | S event-time: the text is not a time in the format dd.MM.yyyy"
            })
    void isConfigured(String rule, String time, String expected) {
        assertThat(map("event-time: " + rule, time, STAMP)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ zone: UTC } | event-time: one of a selector (from), a template (text) and an expression is required",
                "{ from: [/t, t] } | event-time.from[1]: 't' is not a valid selector",
                "{ from: /t, zone: Europe/Berln } | event-time.zone: 'Europe/Berln' is not a valid time zone; did you mean 'Europe/Berlin'?",
                "{ from: /t, zone: Nowhere } | event-time.zone: 'Nowhere' is not a valid time zone",
                "{ from: /t, format: 'HH:mm' } | event-time.format: is not a valid time format: 'HH:mm' does not contain a date",
                "{ from: /t, format: second } | event-time.format: is not a valid time format: ",
                "{ from: /t, not-before: yesterday } | event-time.not-before: 'yesterday' is not a valid date or time: write it as 2020-01-01 or 2020-01-01T00:00:00Z",
                "{ from: /t, not-before: Today } | event-time.not-before: 'Today' is not a valid date or time",
                "{ from: /t, max-ahead: -1s } | event-time.max-ahead: must be 0s to 36500d",
                "{ from: /t, max-ahead: 36501d } | event-time.max-ahead: must be 0s to 36500d",
                "{ from: /t, each: /b } | event-time.each: is not allowed for event-time",
                "{ from: /t, type: string } | event-time.type: is not allowed for event-time",
                "{ from: /t, value: 5 } | event-time.value: is not allowed for event-time"
            })
    void isRefusedAtTheStart(String rule, String problem) {
        assertThat(RouteYaml.problems(yaml("event-time: " + rule)))
                .singleElement()
                .asString()
                .startsWith("services[0]." + problem);
    }

    /** The examples of docs/mapping.md. */
    static Stream<Arguments> implausible() {
        String page = Yaml.text(Path.of("docs/mapping.md"));
        return page.substring(
                        page.indexOf("<!-- implausible times -->"), page.indexOf("<!-- end of implausible times -->"))
                .lines()
                .skip(3)
                .map(line -> line.split("`"))
                .map(cells -> Arguments.of(cells[1], cells[3], cells[5]));
    }

    @ParameterizedTest
    @MethodSource("implausible")
    void keepsWhatTheDocumentationSays(String rule, String value, String expected) {
        String found = mapped("event-time: " + rule, value, STAMP);

        assertThat(found.startsWith("S event-time: ") ? "unmappable" : found).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1.61, none",
        "4070908800, none",
        "null, none",
        "\"soon\", none",
        "{}, none",
        "1767261500, 2026-01-01T09:58:20.000Z"
    })
    void leavesTheTimeOfArrivalToThePlatform(String time, String expected) {
        assertThat(map("event-time: { from: [/t, arrival] }", time, STAMP)).isEqualTo(expected);
    }

    @Test
    void usesTheRecordsTimestampBeforeTheTimeOfArrival() {
        assertThat(map("event-time: { from: [/t, timestamp, arrival] }", "1.61", STAMP))
                .isEqualTo("2026-01-01T10:00:00.000Z");
        assertThat(map("event-time: { from: [/t, timestamp, arrival] }", "1.61", 5))
                .isEqualTo("none");
        assertThat(map("event-time: arrival", "1767261500", STAMP)).isEqualTo("none");
    }

    @Test
    void leavesTimesOutOfAGatewaysBatch() {
        Route route = RouteYaml.route(yaml("event-time: { from: [/t, arrival] }")
                .replace("to: properties\ndevice-id: key", "to: gateway\ndevice-id: /d"));
        List<Report> reports = Stream.of("{\"d\":\"a\",\"t\":0}", "{\"d\":\"b\",\"t\":1767261500}", "{\"d\":\"a\"}")
                .map(value -> Drafts.report(
                        route.map(recordAt(STAMP), JsonMapper.shared().readTree(value))))
                .toList();

        assertThat(new String(RequestBody.of(reports), StandardCharsets.UTF_8))
                .isEqualTo("{\"devices\":["
                        + "{\"device_id\":\"a\",\"services\":[{\"service_id\":\"S\",\"properties\":{\"p\":1}},"
                        + "{\"service_id\":\"S\",\"properties\":{\"p\":1}}]},"
                        + "{\"device_id\":\"b\",\"services\":[{\"service_id\":\"S\",\"properties\":{\"p\":1},"
                        + "\"event_time\":\"2026-01-01T09:58:20.000Z\"}]}]}");
    }

    @Test
    void refusesArrivalAnywhereElse() {
        String onlyTimes =
                "'arrival' is allowed only as a selector of event-time: the time at which IoTDA receives the report";

        assertThat(RouteYaml.problems(yaml("event-time: { from: [arrival, /t] }")))
                .containsExactly(
                        "services[0].event-time.from: 'arrival' must be the last selector: there is always a time of arrival");
        assertThat(RouteYaml.problems(yaml("event-time: \"{arrival}\"")))
                .containsExactly("services[0].event-time: " + onlyTimes);
        assertThat(RouteYaml.problems("to: message\ndevice-id: key\nmessage: { id: arrival }"))
                .containsExactly("message.id: " + onlyTimes);
    }

    @Test
    void isNoRuleOfAProperty() {
        assertThat(RouteYaml.problems("""
                to: properties
                device-id: key
                services:
                - id: S
                  properties:
                    p: { from: /p, format: seconds, zone: UTC, not-before: 2020-01-01, max-ahead: 1d }
                """))
                .containsExactly(
                        "services[0].properties.p.format: is allowed for event-time only",
                        "services[0].properties.p.zone: is allowed for event-time only",
                        "services[0].properties.p.not-before: is allowed for event-time only",
                        "services[0].properties.p.max-ahead: is allowed for event-time only");
    }

    private static SourceRecord recordAt(long stamp) {
        return new SourceRecord(
                new RecordPosition("topic", 0, 1),
                Instant.ofEpochMilli(stamp),
                "d".getBytes(StandardCharsets.UTF_8),
                null,
                List.of());
    }

    private static String map(String eventTime, String time, long stamp) {
        return mapped(eventTime, "{\"t\":" + time + "}", stamp);
    }

    private static String mapped(String eventTime, String value, long stamp) {
        return switch (Drafts.only(RouteYaml.route(yaml(eventTime))
                .map(recordAt(stamp), JsonMapper.shared().readTree(value)))) {
            case Draft.Unmappable unmappable -> unmappable.rejection().detail();
            case Draft.Nothing nothing -> nothing.toString();
            case Draft.Reportable report ->
                JsonMapper.shared()
                        .readTree(TestTelemetry.text(Drafts.json(report)))
                        .path("event_time")
                        .asString("none");
        };
    }

    private static String yaml(String eventTime) {
        return """
                to: properties
                device-id: key
                services:
                - id: S
                  properties: { p: { value: 1 } }
                """ + (eventTime.isEmpty() ? "" : eventTime.indent(2));
    }
}

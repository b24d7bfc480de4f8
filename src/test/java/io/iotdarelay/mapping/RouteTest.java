package io.iotdarelay.mapping;

import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.header;
import static io.iotdarelay.testing.TestTelemetry.record;
import static io.iotdarelay.testing.TestTelemetry.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.JsonRecordDecoder;
import io.iotdarelay.mapping.RouteProperties.MessageProperties;
import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import io.iotdarelay.mapping.RouteProperties.Target;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.Drafts;
import io.iotdarelay.testing.TestRules;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class RouteTest {

    private static final String TIME = "2026-11-01T12:34:56.789Z";

    @Nested
    class ToProperties {

        private final Route meters = properties(
                new ServiceProperties(
                        "Meter",
                        null,
                        RuleProperties.of("/ts"),
                        ordered(
                                "temperature", RuleProperties.of("/payload/temp"),
                                "voltage", scaled("/payload/dv", "0.1", null)),
                        null,
                        List.of()),
                new ServiceProperties("Site", null, null, ordered("line", constant(7, null)), null, List.of()));

        @Test
        void makesAnEntryForEachService() {
            Report report =
                    mapped(meters, "{\"device_id\":\"d1\",\"ts\":1628849410,\"payload\":{\"temp\":21.50,\"dv\":2301}}");

            assertThat(report.sender()).isEqualTo(device("d1"));
            assertThat(text(report.json()))
                    .isEqualTo("{\"service_id\":\"Meter\",\"properties\":{\"temperature\":21.50,\"voltage\":230.1},"
                            + "\"event_time\":\"2021-08-13T10:10:10.000Z\"},"
                            + "{\"service_id\":\"Site\",\"properties\":{\"line\":7},\"event_time\":\"" + TIME + "\"}");
        }

        @ParameterizedTest
        @CsvSource({
            "2301, 0.1, , 230.1",
            "1, 0.1, 0.2, 0.3",
            "3, 0.1, , 0.3",
            "1e2, 3, 1, 301",
            "-40, 1.8, 32, -40.0",
            "\"12\", , 0.5, 12.5",
            "0.1, , 0.2, 0.3"
        })
        void computesInDecimals(String value, @Nullable String scale, @Nullable String offset, String expected) {
            Route route = properties(
                    new ServiceProperties("S", null, null, Map.of("p", scaled("/v", scale, offset)), null, List.of()));

            assertThat(text(mapped(route, "{\"device_id\":\"d\",\"v\":" + value + "}")
                            .json()))
                    .contains("\"properties\":{\"p\":" + expected + "}");
        }

        @Test
        void checksTheTypeWhereThereIsOne() {
            Route route = properties(new ServiceProperties(
                    "S",
                    null,
                    null,
                    Map.of("p", TestRules.rule("/v", ValueType.BOOLEAN, null, null, null)),
                    null,
                    List.of()));

            assertThat(text(mapped(route, "{\"device_id\":\"d\",\"v\":1}").json()))
                    .contains("{\"p\":true}");
            assertThat(unmappable(route, "{\"device_id\":\"d\",\"v\":\"warm\"}"))
                    .startsWith("S.p: expected true, false, 1 or 0");
        }

        @Test
        void scalesToWholeNumbersWhereAskedTo() {
            Route route = properties(new ServiceProperties(
                    "S",
                    null,
                    null,
                    Map.of("p", TestRules.rule("/v", ValueType.INT, new BigDecimal("0.5"), null, null)),
                    null,
                    List.of()));

            assertThat(text(mapped(route, "{\"device_id\":\"d\",\"v\":4}").json()))
                    .contains("{\"p\":2}");
            assertThat(unmappable(route, "{\"device_id\":\"d\",\"v\":5}"))
                    .isEqualTo("S.p: expected a whole number, got a fraction");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "{}; device-id: /device_id finds nothing",
                    "{\"device_id\":\"../x\"}; device-id: not a valid device ID (1 to 128 letters, digits, '_' or '-')",
                    "{\"device_id\":{}}; device-id: expected text, got object",
                    "{\"device_id\":\"d\",\"ts\":1793536496,\"payload\":{}}; Meter.temperature: /payload/temp finds nothing",
                    "{\"device_id\":\"d\",\"ts\":1793536496,\"payload\":{\"temp\":1,\"dv\":\"high\"}}; Meter.voltage: the text is not a number",
                    "{\"device_id\":\"d\",\"payload\":{\"temp\":1,\"dv\":1}}; Meter event-time: /ts finds nothing",
                    "{\"device_id\":\"d\",\"ts\":\"soon\",\"payload\":{\"temp\":1,\"dv\":1}}; Meter event-time: the text is not a time in a known format"
                })
        void saysWhyItCannot(String value, String why) {
            assertThat(unmappable(meters, value)).isEqualTo(why);
        }

        @Test
        void believesNoTimeStampThatThePlatformCouldNotRead() {
            SourceRecord fromTheFuture = new SourceRecord(
                    new RecordPosition("topic", 0, 1),
                    Instant.parse("9999-12-31T23:59:59.999Z").plusMillis(1),
                    null,
                    null,
                    List.of());

            assertThat(unmappable(
                            properties(new ServiceProperties(
                                    "S", null, null, Map.of("p", constant(1, null)), null, List.of())),
                            fromTheFuture,
                            "{\"device_id\":\"d\"}"))
                    .isEqualTo("S event-time: the record's timestamp: the time is out of range");
            assertThat(unmappable(
                            properties(),
                            fromTheFuture,
                            "{\"device_id\":\"d\",\"services\":[{\"service_id\":\"A\",\"properties\":{}}]}"))
                    .isEqualTo("/services/0: event_time: the record's timestamp: the time is out of range");
        }

        @Test
        void namesTheDeviceOfWhatItCannotMap() {
            assertThat(Drafts.only(meters.map(record(1, null, ""), tree("{\"device_id\":\"d\"}"))))
                    .isInstanceOfSatisfying(Draft.Unmappable.class, unmappable -> {
                        assertThat(unmappable.rejection().device()).isEqualTo(device("d"));
                        assertThat(unmappable.rejection().reason()).isEqualTo(RejectionReason.UNMAPPABLE);
                    });
        }

        @Test
        void takesNumbersAndBooleansForTexts() {
            assertThat(mapped(meters, "{\"device_id\":17,\"ts\":1793536496,\"payload\":{\"temp\":1,\"dv\":1}}")
                            .device())
                    .isEqualTo(device("17"));
        }

        @Test
        void passesOnWhatHasThePlatformsForm() {
            Route route = properties();

            assertThat(text(mapped(
                                    route,
                                    "{\"device_id\":\"d\",\"services\":[{\"service_id\":\"A\",\"properties\":{\"x\":1.0},"
                                            + "\"event_time\":\"20161219T114920Z\"},"
                                            + "{\"service_id\":\"B\",\"properties\":{},\"event_time\":null,\"more\":true},"
                                            + "{\"service_id\":\"C\",\"properties\":{}}]}")
                            .json()))
                    .isEqualTo(
                            "{\"service_id\":\"A\",\"properties\":{\"x\":1.0},\"event_time\":\"2016-12-19T11:49:20.000Z\"},"
                                    + "{\"service_id\":\"B\",\"properties\":{},\"event_time\":\"" + TIME
                                    + "\",\"more\":true},"
                                    + "{\"service_id\":\"C\",\"properties\":{},\"event_time\":\"" + TIME + "\"}");
        }

        @Test
        void leavesOutWhatIsNull() {
            String value =
                    "{\"device_id\":\"d\",\"services\":[{\"service_id\":\"A\",\"properties\":{\"x\":null,\"y\":1}},"
                            + "{\"service_id\":\"B\",\"properties\":{\"x\":null}}]}";

            assertThat(text(mapped(properties(), value).json()))
                    .isEqualTo("{\"service_id\":\"A\",\"properties\":{\"y\":1},\"event_time\":\"" + TIME + "\"}");
        }

        @Test
        void changesNothingInTheRecord() {
            JsonNode tree = tree(
                    "{\"device_id\":\"d\",\"services\":[{\"service_id\":\"A\",\"properties\":{\"x\":null,\"y\":1}}]}");
            String before = tree.toString();

            properties().map(record(1, null, ""), tree);

            assertThat(tree).hasToString(before);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "[{\"service_id\":\"A\",\"properties\":{\"x\":null}}]; all properties are null",
                    "[{\"service_id\":\"My Service\",\"properties\":{}}]; /services/0: service_id: IoTDA discards",
                    "[{\"service_id\":\"A\",\"properties\":{\"a b\":1}}]; /services/0: properties: IoTDA discards",
                    "[{\"service_id\":5,\"properties\":{}}]; /services/0: service_id is missing"
                })
        void passesOnNothingThatThePlatformDiscards(String services, String why) {
            assertThat(unmappable(properties(), "{\"device_id\":\"d\",\"services\":" + services + "}"))
                    .startsWith(why);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "860000000000002.0; 860000000000002",
                    "\"860000000000002.0\"; 860000000000002",
                    "\" m-1 \"; m-1",
                    "\"\\\"m-1\\\"\"; m-1",
                    "\"\\\" 17.00 \\\"\"; 17"
                })
        void takesBlanksQuotesAndFractionsOfZeroForNoPartOfAnId(String id, String expected) {
            String value = "{\"device_id\":" + id + ",\"services\":[{\"service_id\":\"A\",\"properties\":{}}]}";

            assertThat(mapped(properties(), value).device()).isEqualTo(device(expected));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "8.98E19; : this is a number that may have lost digits of the ID",
                    "\"8600000000000002.0\"; : this is a number that may have lost digits of the ID",
                    "\"17.5\"; : this is a number that may have lost digits of the ID",
                    "\"{}\"; : this is JSON (select the ID in it)",
                    "\"[1]\"; : this is JSON (select the ID in it)",
                    "\"\\\"\\\"\"; ''",
                    "\"\\\"m-1\"; ''",
                    "\"m-1\\\"\"; ''"
                })
        void saysWhatAnIdLooksLike(String id, String hint) {
            assertThat(unmappable(properties(), "{\"device_id\":" + id + ",\"services\":[]}"))
                    .isEqualTo("device-id: not a valid device ID (1 to 128 letters, digits, '_' or '-')"
                            + (hint.equals("''") ? "" : hint));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"device_id\":\"d\"}",
                    "{\"device_id\":\"d\",\"services\":[]}",
                    "{\"device_id\":\"d\",\"services\":{}}",
                    "{\"device_id\":\"d\",\"services\":[1]}",
                    "{\"device_id\":\"d\",\"services\":[{\"properties\":{}}]}",
                    "{\"device_id\":\"d\",\"services\":[{\"service_id\":\"A\"}]}",
                    "{\"device_id\":\"d\",\"services\":[{\"service_id\":\"A\",\"properties\":{},\"event_time\":\"x\"}]}"
                })
        void passesOnNothingElse(String value) {
            assertThat(unmappable(properties(), value)).isNotBlank();
        }

        @Test
        void keepsConstantsOfEveryType() {
            Route route = properties(new ServiceProperties(
                    "S",
                    null,
                    null,
                    ordered(
                            "a", constant("text", null),
                            "b", constant(true, null),
                            "c", constant(2.5, null),
                            "d", constant("17", ValueType.INT),
                            "e", constant(3, ValueType.STRING)),
                    null,
                    List.of()));

            assertThat(text(mapped(route, "{\"device_id\":\"d\"}").json()))
                    .contains("{\"a\":\"text\",\"b\":true,\"c\":2.5,\"d\":17,\"e\":\"3\"}");
        }
    }

    @Nested
    class ToGateway {

        private static final String VALUE = "{\"gateway\":\"g\",\"sensor\":\"c\",\"v\":1}";
        private final ServiceProperties service =
                new ServiceProperties("S", null, null, Map.of("v", RuleProperties.of("/v")), null, List.of());

        @Test
        void takesTheGatewayFromTheRecord() {
            Report report = mapped(gateway("/gateway", service), VALUE);

            assertThat(report.sender()).isEqualTo(device("g"));
            assertThat(report.device()).isEqualTo(device("c"));
        }

        @Test
        void leavesTheGatewayToTheDirectory() {
            Mapping mapping = gateway(null, service).map(record(1, null, ""), tree(VALUE));

            assertThat(Drafts.only(mapping)).isInstanceOfSatisfying(Draft.ChildProperties.class, child -> {
                assertThat(child.about()).isEqualTo(device("c"));
                assertThat(child.gateway()).isNull();
            });
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "{\"sensor\":\"c\",\"v\":1}; gateway-id: /gateway finds nothing",
                    "{\"gateway\":\"g\",\"v\":1}; device-id: /sensor finds nothing",
                    "{\"gateway\":\"g\",\"sensor\":\"c\"}; S.v: /v finds nothing",
                    "{\"gateway\":\"g/..\",\"sensor\":\"c\",\"v\":1}; gateway-id: not a valid device ID (1 to 128 letters, digits, '_' or '-')"
                })
        void saysWhyItCannot(String value, String why) {
            assertThat(unmappable(gateway("/gateway", service), value)).isEqualTo(why);
        }
    }

    @Nested
    class ToMessage {

        @Test
        void sendsTheWholeValue() {
            Report report = mapped(message(null, null, null), record(42, "d", ""), "{\"a\":[1.0]}");

            assertThat(report.sender()).isEqualTo(device("d"));
            assertThat(text(report.json())).isEqualTo("{\"id\":\"topic-0-42\",\"content\":{\"a\":[1.0]}}");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {"\"text\"; \"text\"", "[1,2]; \"[1,2]\"", "5; \"5\"", "true; \"true\"", "null; \"null\""})
        void sendsObjectsAndTextsAsTheyAreAndOthersAsText(String value, String content) {
            assertThat(text(mapped(message(null, null, null), record(1, "d", ""), value)
                            .json()))
                    .isEqualTo("{\"id\":\"topic-0-1\",\"content\":" + content + "}");
        }

        @Test
        void selectsItsFields() {
            Report report = mapped(
                    message("header:type", "/seq", "/body"),
                    record(1, "d", "", header("type", "alarm")),
                    "{\"seq\":5,\"body\":{\"x\":1}}");

            assertThat(text(report.json())).isEqualTo("{\"name\":\"alarm\",\"id\":\"5\",\"content\":{\"x\":1}}");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "{\"seq\":1,\"body\":{}}; message name: /name finds nothing",
                    "{\"name\":\"n\",\"body\":{}}; message id: /seq finds nothing",
                    "{\"name\":\"n\",\"seq\":[],\"body\":{}}; message id: expected text, got array",
                    "{\"name\":\"n\",\"seq\":1}; message content: /body finds nothing"
                })
        void saysWhyItCannot(String value, String why) {
            Mapping mapping = message("/name", "/seq", "/body").map(record(1, "d", ""), tree(value));

            assertThat(Drafts.rejection(mapping)).isEqualTo(why);
        }

        @Test
        void needsADevice() {
            assertThat(unmappable(message(null, null, null), "{}")).isEqualTo("device-id: key finds nothing");
        }
    }

    private static Route properties(ServiceProperties... services) {
        return route(Target.PROPERTIES, "/device_id", null, List.of(services), null);
    }

    private static Route gateway(@Nullable String gatewayId, ServiceProperties... services) {
        return route(Target.GATEWAY, "/sensor", gatewayId, List.of(services), null);
    }

    private static Route message(@Nullable String name, @Nullable String id, @Nullable String content) {
        return route(
                Target.MESSAGE,
                "key",
                null,
                List.of(),
                new MessageProperties(TestRules.selector(name), TestRules.selector(id), TestRules.selector(content)));
    }

    private static Route route(
            Target to,
            String deviceId,
            @Nullable String gatewayId,
            List<ServiceProperties> services,
            @Nullable MessageProperties message) {
        RouteProperties properties =
                RouteYaml.declared("r", List.of("topic"), null, to, deviceId, gatewayId, services, message, null);
        return switch (RouteCompiler.compile(List.of(properties), Map.of("dlt", "the dead-letter topic"))) {
            case RouteCompiler.Compilation.Compiled compiled ->
                compiled.routes().of("topic").getFirst();
            case RouteCompiler.Compilation.Wrong wrong -> throw new AssertionError(wrong.problems());
        };
    }

    private static RuleProperties scaled(String from, @Nullable String scale, @Nullable String offset) {
        return TestRules.rule(
                from,
                null,
                scale == null ? null : new BigDecimal(scale),
                offset == null ? null : new BigDecimal(offset),
                null);
    }

    private static RuleProperties constant(Object value, @Nullable ValueType type) {
        return TestRules.rule(null, type, null, null, value);
    }

    private static Map<String, RuleProperties> ordered(Object... namesAndRules) {
        Map<String, RuleProperties> rules = new LinkedHashMap<>();
        for (int i = 0; i < namesAndRules.length; i += 2) {
            rules.put((String) namesAndRules[i], (RuleProperties) namesAndRules[i + 1]);
        }
        return rules;
    }

    private static Report mapped(Route route, String value) {
        return mapped(route, record(1, null, ""), value);
    }

    private static Report mapped(Route route, SourceRecord record, String value) {
        return Drafts.report(route.map(record, tree(value)));
    }

    private static String unmappable(Route route, String value) {
        return unmappable(route, record(1, null, ""), value);
    }

    private static String unmappable(Route route, SourceRecord record, String value) {
        return Drafts.rejection(route.map(record, tree(value)));
    }

    private static JsonNode tree(String json) {
        return ((Decoding.Decoded) new JsonRecordDecoder().decode(json.getBytes(StandardCharsets.UTF_8))).tree();
    }
}

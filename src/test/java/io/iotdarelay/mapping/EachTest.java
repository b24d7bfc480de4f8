package io.iotdarelay.mapping;

import static io.iotdarelay.testing.TestTelemetry.record;
import static io.iotdarelay.testing.TestTelemetry.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.Drafts;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code each}, as it is written in YAML. */
class EachTest {

    private static final String NESTED = """
            to: properties
            each: [/groups, ./items]
            each-when: { ./n: { exists: true } }
            device-id: "{../name}-{./id}"
            services:
            - id: S
              properties: { n: ./n, of: /site, i: .index, g: ../.index }
            """;

    private static final String BY_NAME = """
            to: properties
            each: /devices
            device-id: .key
            services:
            - id: S
              properties: { n: . }
            """;

    @Test
    void makesAReportOfEachElementOfEachElement() {
        List<Part> parts = parts(NESTED, """
                {"site":"x","groups":[{"name":"a","items":[{"id":1,"n":5},{"id":2}]},{"name":"b","items":[]},
                 {"name":"c","items":[{"id":1,"n":7}]}]}
                """);

        assertThat(parts.stream().map(EachTest::show))
                .containsExactly(
                        "r(/groups ./items) 0 /groups/0/items/0 a-1 {\"n\":5,\"of\":\"x\",\"i\":0,\"g\":0}",
                        "r(/groups ./items) 2 /groups/2/items/0 c-1 {\"n\":7,\"of\":\"x\",\"i\":0,\"g\":2}");
    }

    @Test
    void makesAReportOfEachMember() {
        assertThat(parts(BY_NAME, "{\"devices\":{\"m-1\":1,\"m/2\":2}}").stream()
                        .map(EachTest::show))
                .containsExactly(
                        "r(/devices) 0 /devices/m-1 m-1 {\"n\":1}",
                        "r(/devices) 1 /devices/m~12 unmappable: device-id: not a valid device ID (1 to 128 letters,"
                                + " digits, '_' or '-')");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"devices\":{}}", "{\"devices\":[]}"})
    void reportsNothingOfWhatIsEmpty(String value) {
        assertThat(parts(BY_NAME, value)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                  | each: /devices finds nothing",
                "{\"devices\":null}  | each: /devices finds nothing",
                "{\"devices\":7}     | each: expected an array or an object, got number",
            })
    void cannotMapWhatIsNoArray(String value, String why) {
        assertThat(parts(BY_NAME, value).stream().map(EachTest::show))
                .containsExactly("r(/devices) 0 /devices unmappable: " + why);
    }

    @Test
    void letsAnArrayBeMissingWhereItMay() {
        String route = BY_NAME.replace("each: /devices", "each: [{ from: /devices, optional: true }]");

        assertThat(parts(route, "{}")).isEmpty();
        assertThat(parts(route, "{\"devices\":1}")).hasSize(1);
    }

    @Test
    void keepsTheNumbersOfElementsWhateverIsTaken() {
        String all = "{\"groups\":[{\"name\":\"a\",\"items\":[{\"id\":0},{\"id\":1,\"n\":1}]},{\"name\":\"b\"},"
                + "{\"name\":\"c\",\"items\":[{\"id\":3,\"n\":3}]}]}";

        assertThat(parts(NESTED, all).stream()
                        .map(part -> part.id().ordinal() + part.id().path()))
                .containsExactly("1/groups/0/items/1", "2/groups/1/items", "3/groups/2/items/0");
    }

    /** What was delivered of a record is known by ordinals: they must not be taken for those of other elements. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[/g, ./r] | {'g':[{'r':null},{'r':[1,2,3]}]}          | {'g':[{'r':[8,9]},{'r':[1,2,3]}]}     | false",
                "[/g, ./r] | {'g':[{'r':null},{'r':[1,2,3]},{}]}       | {'g':[{'r':[8,9]},{'r':[1,2,3]},{'r':[]}]} | false",
                "[/g, ./r] | {'g':[{'r':null},{'r':[1,2,3]}]}          | {'g':[{'r':[8]},{'r':[1,2,3]}]}       | true",
                "[/g, ./r] | {'g':[{'r':[0]},{'r':[1,2,3]}]}           | {'g':[{'r':[0,1]},{'r':[2,3]}]}       | false",
                "[/g, ./r] | {'g':[{'r':{'a':1,'b':2}}]}               | {'g':[{'r':{'b':2,'a':1}}]}           | false",
                "[/g, ./r] | {'g':[{'r':{'a':1,'b':2}}]}               | {'g':[{'r':{'a':5,'b':6}}]}           | true",
                "[/g, ./r, ./s] | {'g':[{'r':7},{'r':[]}]}             | {'g':[{'r':[{'s':[5]}]},{'r':[]}]}    | false",
                "/g        | {'g':[1,2,3]}                             | {'g':[7,8,9]}                         | true",
                "/g        | {'g':[1,2,3]}                             | {'g':[7,8]}                           | false",
                "[/g, { from: ./r, optional: true }] | {'g':[{},{'r':[1]}]} | {'g':[{'r':[1]},{}]}             | false",
            })
    void knowsWhetherOrdinalsMeanTheSameElements(String each, String before, String after, boolean same) {
        String route = "to: message\neach: " + each + "\ndevice-id: key";

        int shape = shape(route, before);

        assertThat(shape(route, after) == shape).isEqualTo(same);
        assertThat(shape(route, before)).isEqualTo(shape);
    }

    @Test
    void hasTheSizeOfAnArrayAsItsShape() {
        assertThat(shape(BY_NAME, "{\"devices\":[5,6,7]}")).isEqualTo(3);
    }

    private static int shape(String route, String value) {
        return parts(route, value.replace('\'', '"')).getFirst().id().shape();
    }

    @Test
    void looksAtSoManyElementsAndNoMore() {
        String most = "{\"devices\":[" + "1,".repeat(Each.MOST - 1) + "1]}";
        String more = "{\"devices\":[" + "1,".repeat(Each.MOST + 1) + "1]}";
        String route = BY_NAME.replace(".key", "key");

        assertThat(parts(route, most)).hasSize(Each.MOST);
        assertThat(parts(route, more))
                .singleElement()
                .satisfies(part -> assertThat(part.draft()).isInstanceOfSatisfying(Draft.Unmappable.class, refused -> {
                    assertThat(refused.rejection().reason()).isEqualTo(RejectionReason.TOO_LARGE);
                    assertThat(refused.rejection().detail()).isEqualTo("each: more than 10000 elements in one record");
                }));
    }

    @Test
    void looksNoFurtherWhateverItFinds() {
        String route = BY_NAME.replace("each: /devices", "each: [/devices, { from: ./none, optional: true }]")
                .replace(".key", "key");
        StringBuilder members = new StringBuilder("{\"devices\":{\"m\":1");
        for (int i = 0; i <= Each.MOST; i++) {
            members.append(",\"m").append(i).append("\":1");
        }

        assertThat(parts(route, members + "}}"))
                .singleElement()
                .satisfies(part -> assertThat(part.draft()).isInstanceOf(Draft.Unmappable.class));
        assertThat(parts("""
                                to: properties
                                device-id: key
                                services:
                                - id: S
                                  each: /devices
                                  properties: { n: . }
                                """, members + "}}").stream().map(EachTest::show))
                .containsExactly("r() 0  unmappable: each: more than 10000 elements in one record");
    }

    @Test
    void goesIntoKeysThatAreJson() {
        String route = "to: message\neach: key:/a\ndevice-id: ./d\nmessage: { content: ../x }";
        Mapping mapping = RouteYaml.route(route)
                .map(
                        record(1, "{\"a\":[{\"d\":\"m\"}]}", ""),
                        JsonMapper.shared().readTree("{\"x\":{}}"));

        assertThat(((Mapping.Reports) mapping).parts().stream().map(EachTest::show))
                .containsExactly("r(key:/a) 0 /0 {\"id\":\"topic-0-1-0\",\"content\":{}}");
    }

    @Test
    void readsNamesFurtherOut() {
        String route = """
                to: properties
                each: [value, .]
                device-id: ../.key
                services:
                - id: S
                  event-time: .key
                  properties: { v: ., all: ../.., in: .. }
                """;

        assertThat(parts(route, "{\"m-1\":{\"2026-02-01T09:10:00Z\":7},\"m-2\":[5]}").stream()
                        .map(EachTest::show))
                .containsExactly(
                        "r(value .) 0 /m-1/2026-02-01T09:10:00Z m-1 {\"v\":7,\"all\":{\"m-1\":{\"2026-02-01T09:10:00Z\":7},"
                                + "\"m-2\":[5]},\"in\":{\"2026-02-01T09:10:00Z\":7}}",
                        "r(value .) 1 /m-2/0 unmappable: S event-time: .key finds nothing: the element is one of an array");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"s\":{\"own\":[{\"service_id\":\"A\",\"properties\":{\"p\":1}}]}} | d {\"p\":1}",
                "{\"s\":{\"own\":[]}} | unmappable: services-from: expected an array with at least one entry",
                "{\"s\":{\"own\":[1]}} | unmappable: services-from: entry 0: expected an object, got number",
            })
    void passesOnWhatIsInIotdasForm(String value, String shown) {
        assertThat(parts("to: properties\ndevice-id: key\nservices-from: /s/own", value).stream()
                        .map(EachTest::show))
                .containsExactly("r() 0  " + shown);
    }

    @Test
    void hasNothingToSayOfChildrenWhereNoServiceTakesPart() {
        String route = "to: gateway\ndevice-id: key\nservices: [{ id: S, when: { /a: 1 }, properties: { p: /p } }]";

        assertThat(parts(route, "{\"p\":1}").stream().map(EachTest::show)).containsExactly("r() 0  nothing");
    }

    @Test
    void makesAnEntryOfEachElement() {
        String route = """
                to: properties
                each: value
                device-id: ./id
                services:
                - id: S
                  each: ./times
                  when: { ./q: 0 }
                  event-time: ./t
                  properties: { v: ./v, id: ../id }
                - id: Once
                  when: { ./once: true }
                  properties: { id: ./id }
                """;

        assertThat(parts(route, """
                                [{"id":"a","times":[{"t":1769937000,"v":1,"q":0},{"t":1769937001,"v":2,"q":3},
                                 {"t":1769937002,"v":3,"q":0}],"once":true},
                                 {"id":"b","times":[]},{"id":"c","times":[{"t":"soon","v":1,"q":0}]},{"id":"d"}]
                                """).stream().map(EachTest::show))
                .containsExactly(
                        "r(value) 0 /0 a {\"v\":1,\"id\":\"a\"}{\"v\":3,\"id\":\"a\"}{\"id\":\"a\"}",
                        "r(value) 1 /1 nothing",
                        "r(value) 2 /2 unmappable: /2/times/0: S event-time: the text is not a time in a known format",
                        "r(value) 3 /3 unmappable: /3/times: each: ./times finds nothing");
    }

    @Test
    void saysWhichPartItIs() {
        assertThat(new Part.Id("r", "/a", 4, 3, "/a/3")).hasToString("r /a/3");
        assertThat(new Part.Id("r", "", 0, 0, "")).hasToString("r");
    }

    @Test
    void numbersTheMessagesOfARecord() {
        String route = "to: message\neach: [/a, .]\ndevice-id: key\nwhen: { /a: { exists: true } }";

        assertThat(parts(route, "{\"a\":[[{}],[{\"x\":1},\"t\"]]}").stream()
                        .map(part -> text(Drafts.json((Draft.Message) part.draft()))))
                .containsExactly(
                        "{\"id\":\"topic-0-1-0-0-r\",\"content\":{}}",
                        "{\"id\":\"topic-0-1-1-0-r\",\"content\":{\"x\":1}}",
                        "{\"id\":\"topic-0-1-1-1-r\",\"content\":\"t\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "each: ./a                         | each: './a' is relative to an element, and there is no 'each' here: write /a",
                "each: [/a, ../../b]               | each[1]: '../../b' leads further out than 'each' leads in",
                "each: topic                       | each: 'topic' is never an array or an object: use a JSON Pointer, or value for all of it",
                "each: [{ optional: true }]        | each[0].from: either a selector or an expression is required",
                "each: [/a, ., ., ., ., .]         | each: at most 5 levels are possible",
                "each-when: { /a: 1 }              | each-when: is allowed beside each only",
                "device-id: ./a{b}                 | device-id: './a{b}' is relative to an element, and there is no 'each' here: write /a{b}",
                "each: a/b                         | each: 'a/b' is not a valid selector: use a JSON Pointer such as /a/b/0, or value, key, timestamp, topic, header:NAME; did you mean '/a/b'?",
                "services-from: /a                 | services-from: is not allowed for 'to: message'",
                "message: { name: ./a }            | message.name: './a' is relative to an element, and there is no 'each' here: write /a",
                "message: { name: .keys }          | message.name: '.keys' is not a valid selector: of an element there are ., ./a, ../a, .key and .index; did you mean './keys'?",
            })
    void isRefusedAtTheStart(String yaml, String problem) {
        assertThat(RouteYaml.problems(
                        "to: message\n" + (yaml.startsWith("device-id") ? "" : "device-id: key\n") + yaml))
                .anySatisfy(found -> assertThat(found.replace("each[0]: './a'", "each: './a'"))
                        .isEqualTo(problem));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a   | services-from: 'a' is not a valid selector: use a JSON Pointer such as /a/b/0, or value, key, timestamp, topic, header:NAME; did you mean '/a'?",
                "./a | services-from: './a' is relative to an element, and there is no 'each' here: write /a",
                "'/a\nservices: [{ id: S, properties: { p: /p } }]' | services-from: is not allowed beside services",
            })
    void refusesPlacesOfServicesAtTheStart(String from, String problem) {
        assertThat(RouteYaml.problems("to: properties\ndevice-id: key\nservices-from: " + from.replace("\\n", "\n")))
                .containsExactly(problem);
    }

    private static List<Part> parts(String route, String value) {
        Mapping mapping = RouteYaml.route(route)
                .map(record(1, "d", ""), JsonMapper.shared().readTree(value));
        return ((Mapping.Reports) mapping).parts();
    }

    private static String show(Part part) {
        Part.Id id = part.id();
        String where = id.route() + '(' + id.each() + ") " + id.ordinal() + ' ' + id.path() + ' ';
        return where
                + switch (part.draft()) {
                    case Draft.Nothing ignored -> "nothing";
                    case Draft.Unmappable refused ->
                        "unmappable: " + refused.rejection().detail();
                    case Draft.Properties properties -> properties.about() + " " + properties(properties.services());
                    case Draft.ChildProperties child -> child.about() + " " + properties(child.services());
                    case Draft.Message message -> text(Drafts.json(message));
                };
    }

    private static String properties(JsonNode services) {
        List<String> all = new ArrayList<>();
        services.forEach(entry -> all.add(entry.path("properties").toString()));
        return String.join("", all);
    }
}

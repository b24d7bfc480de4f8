package io.iotdarelay.mapping;

import static io.iotdarelay.testing.TestTelemetry.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.Drafts;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Records that would hold up the poll thread. */
class WorkTest {

    /** Half a second is what the bound allows; this is for slow machines. Without the bound most cases take minutes. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private static final String MESSAGE = "to: message\neach: /a\ndevice-id: ";
    private static final String PROPERTIES = "to: properties\ndevice-id: key\n";

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @Test
    void readsAKeyThatIsJsonOnce() {
        String key = "{\"id\":\"d\",\"x\":[" + "1,".repeat(400_000) + "1]}";

        assertThat(outcome(MESSAGE + "key:/id", key, elements(1000, "1"))).isEqualTo("1000 reports");
        assertThat(outcome(MESSAGE + ".index\neach-when: { key:/id: d }", key, elements(10_000, "1")))
                .isEqualTo("10000 reports");
        assertThat(outcome(MESSAGE + "key\nkey-format: json\neach-when: { key: d }", key, elements(10_000, "1")))
                .isEqualTo("0 reports");
    }

    @Test
    void copiesNoMembersOrEntriesWhenNoWorkIsLeft() {
        String members = "\"p0\":0"
                + IntStream.range(1, 100).mapToObj(i -> ",\"p" + i + "\":0").collect(Collectors.joining());
        String entry = "{\"service_id\":\"S\",\"properties\":{\"p\":1}}";

        assertThat(nearlyExceeded(
                        PROPERTIES + "services: [{ id: S, properties: { '*': value } }]", "{" + members + "}"))
                .isEqualTo(Work.TOO_MUCH);
        assertThat(nearlyExceeded(PROPERTIES, "{\"services\":[" + (entry + ',').repeat(9) + entry + "]}"))
                .isEqualTo(Work.TOO_MUCH);
    }

    private static String nearlyExceeded(String yaml, String value) {
        Work work = new Work();
        work.add(Work.MOST - 500);
        Mapping mapping = RouteYaml.route(yaml)
                .map(record(1, "d", null), JsonMapper.shared().readTree(value), work);
        return Drafts.rejection(mapping);
    }

    @Test
    void matchesNoLongTextForEachElement() {
        assertTooMuch(MESSAGE + "{ from: /t, pattern: 'x*(y)' }", withText(1000, "1", 800_000));
        assertTooMuch(MESSAGE + "key\neach-when: { /t: { matches: 'x+y' } }", withText(10_000, "1", 4096));
        assertTooMuch(
                MESSAGE + "key\neach-when: { any: [{ /t: { matches: 'x+y' } }, { /t: { matches: 'x+z' } }] }",
                withText(10_000, "1", 4096));
    }

    /** Time is proportional to the length of the text, and to the size of the pattern. */
    @Test
    void countsWhatALargePatternTakes() {
        String rule = "services: [{ id: S, properties: { v: { from: /t, pattern: '%s', optional: true } } }]";

        assertTooMuch(PROPERTIES + rule.formatted("(.*x){20}y"), withText(1, "1", 300_000));
        assertTooMuch(PROPERTIES + rule.formatted("((x{0,100}){0,100})y"), withText(1, "1", 10_000));
        assertTooMuch(MESSAGE + "key\neach-when: { /t: { matches: '(.*x){20}y' } }", withText(1000, "1", 4096));
    }

    @Test
    void makesNoLongTextForEachElement() {
        String value = withText(1000, "1", 800_000);

        assertTooMuch(MESSAGE + "{ from: /t, replace: { q: r, s: t, u: v } }", value);
        assertTooMuch(MESSAGE + "{ from: /t, sanitize: _ }", value);
        assertTooMuch(MESSAGE + "{ from: /t, case: upper }", value);
        assertTooMuch(MESSAGE + "{ text: '{/t}{/t}' }", value);
        assertTooMuch(MESSAGE + "{ from: /t, bytes: base64, as: int16 }", value);
        assertTooMuch(
                PROPERTIES + "services: [{ id: S, each: /a, properties: { t: /t } }]", withText(9000, "1", 800_000));
    }

    @Test
    void readsNoLongJsonForEachElement() {
        String value = "{\"a\":[" + "1,".repeat(999) + "1],\"t\":\"{}" + " ".repeat(800_000) + "\"}";

        assertTooMuch(MESSAGE + "{ from: /t, json: /id }", value);
    }

    @Test
    void looksAtNoMoreElementsThanAllWalksMay() {
        String value = "{\"a\":[" + "1,".repeat(999) + "1],\"b\":[" + "1,".repeat(9999) + "1]}";

        assertTooMuch(
                "to: properties\neach: /a\ndevice-id: key\nservices: [{ id: S, each: /b, properties: { v: . } }]",
                value);
        assertTooMuch(
                "to: properties\neach: /a\ndevice-id: key\n"
                        + "services: [{ id: S, properties: { '*': { each: /b, from: ., name: .index } } }]",
                value);
        assertTooMuch("to: properties\neach: /a\ndevice-id: key\nservices-from: /s", """
                {"a":[%s1],"s":[%s1]}
                """.formatted(
                        "1,".repeat(999), "{\"service_id\":\"S\",\"properties\":{\"p\":1}},".repeat(9999)));
    }

    @Test
    void readsNoLongNameForEachElement() {
        String members = IntStream.range(0, 90)
                .mapToObj(i -> "\"" + "x".repeat(9_990) + i + "\":1")
                .collect(Collectors.joining(","));
        String value = "{\"a\":[" + "1,".repeat(999) + "1],\"c\":{" + members + "}}";
        String route = "to: properties\neach: /a\ndevice-id: key\nservices: [{ id: S, properties: { '*': ";

        assertTooMuch(route + "{ from: /c, name: { sanitize: _ } } } }]", value);
        assertTooMuch(route + "/c } }]", value);
    }

    /** Each element remembers where it is: with the names of members as they are, that could be much more than the record. */
    @Test
    void remembersNoLongNameForEachElement() {
        String value = "{\"a\":[" + "1,".repeat(999) + "1],\"c\":{\"" + "x".repeat(10_000) + "\":1}}";
        Route route = RouteYaml.route("to: message\neach: [/a, /c]\ndevice-id: key");
        JsonNode tree = JsonMapper.shared().readTree(value);

        Mapping mapping = route.map(record(1, "d", ""), tree, new Work());

        assertThat(((Mapping.Reports) mapping).parts())
                .hasSize(1000)
                .allSatisfy(part -> assertThat(part.id().path()).hasSizeLessThan(1000));
    }

    @Test
    void searchesNoLongListForEachElement() {
        String value = "{\"a\":[" + "1,".repeat(999) + "1],\"l\":[" + "{\"name\":1e399},".repeat(400_000)
                + "{\"name\":\"x\",\"v\":\"d\"}]}";

        assertTooMuch(MESSAGE + "'/l/[name=x]/v'", value);
        assertTooMuch(MESSAGE + "key\neach-when: { '/l/[name=x]/v': e }", value);
    }

    @Test
    void evaluatesNoLongExpressionForEachElement() {
        assertTooMuch(
                MESSAGE + "{ expression: '$string($sum($map([1..900], function($v) { $v * 2 })))' }",
                elements(5000, "1"));
        assertTooMuch(MESSAGE + "{ expression: '$string($value.a[0])' }", elements(10_000, "1234567890"));
    }

    @Test
    void countsOverAllRoutesOfARecord() {
        Work work = new Work();
        work.add(Work.MOST);
        JsonNode value = JsonMapper.shared().readTree("{\"a\":[1]}");

        assertThat(work.isExceeded()).isFalse();
        assertThat(show(RouteYaml.route(MESSAGE + "key").map(record(1, "d", ""), value, work)))
                .isEqualTo(Work.TOO_MUCH);
        assertThat(work.isExceeded()).isTrue();
    }

    @Test
    void rejectsARecordWhoseConditionsTakeTooMuch() {
        Work work = new Work();
        work.add(Work.MOST);
        JsonNode value = JsonMapper.shared().readTree("{\"a\":1}");

        assertThat(show(RouteYaml.route("to: message\ndevice-id: key\nwhen: { /a: 1 }")
                        .map(record(1, "d", ""), value, work)))
                .isEqualTo(Work.TOO_MUCH);
    }

    /** A record of the most reports, with many values in each. */
    @Test
    void leavesRoomForLargeRecords() {
        String rule = "{ from: ., pattern: 'v(.*)', replace: { a: b } }";
        String names = "[%s]".formatted("{\"n\":\"q\",\"v\":1},".repeat(20) + "{\"n\":\"x\",\"v\":\"d\"}");
        StringBuilder route = new StringBuilder(
                "to: properties\neach: /a\ndevice-id: '/l/[n=x]/v'\nservices:\n- id: S\n  each: ./m\n  properties:\n");
        for (int i = 0; i < 10; i++) {
            route.append("    p").append(i).append(": ").append(rule).append('\n');
        }
        String element = "{\"m\":[" + "\"v12345678\",".repeat(9) + "\"v1\"]}";

        assertThat(outcome(
                        route.toString(),
                        "k",
                        "{\"a\":[" + (element + ",").repeat(999) + element + "],\"l\":" + names + "}"))
                .isEqualTo("1000 reports");
    }

    private static String elements(int count, String element) {
        return "{\"a\":[" + (element + ",").repeat(count - 1) + element + "]}";
    }

    private static String withText(int count, String element, int length) {
        return "{\"a\":[" + (element + ",").repeat(count - 1) + element + "],\"t\":\"" + "x".repeat(length) + "\"}";
    }

    private void assertTooMuch(String route, String value) {
        assertThat(outcome(route, "d", value)).isEqualTo(Work.TOO_MUCH);
    }

    /** What becomes of the record, within the time. */
    private String outcome(String yaml, String key, String value) {
        Route route = RouteYaml.route(yaml);
        JsonNode tree = JsonMapper.shared().readTree(value);
        long start = threads.getCurrentThreadCpuTime();
        String outcome = show(route.map(record(1, key, ""), tree, new Work()));
        Duration taken = Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);
        assertThat(taken).as(yaml).isLessThan(LONGEST);
        return outcome;
    }

    private static String show(Mapping mapping) {
        int reports = 0;
        int unmappable = 0;
        for (Part part : ((Mapping.Reports) mapping).parts()) {
            if (part.draft() instanceof Draft.Unmappable refused) {
                if (refused.rejection().reason() == RejectionReason.TOO_LARGE) {
                    return refused.rejection().detail();
                }
                unmappable++;
            } else {
                reports++;
            }
        }
        return unmappable > 0 ? unmappable + " unmappable" : reports + " reports";
    }
}

package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.Drafts;
import io.iotdarelay.testing.TestTelemetry;
import java.lang.management.ManagementFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A record of at most a few megabytes must not become hundreds before somebody notices. */
class ReportSizeTest {

    private static final int LIMIT = 999_744;
    private static final long MEGABYTE = 1_000_000;
    private static final DeviceId DEVICE = new DeviceId("d");

    @ParameterizedTest
    @ValueSource(strings = {"from: /t", "from: ../t"})
    void writesNoFurtherThanItsLimit(String shared) {
        Draft.Reportable draft = (Draft.Reportable) drafted(members(shared), record(50, 900_000));

        long allocated =
                allocated(() -> draft.write(LIMIT), result -> assertThat(result).isEmpty());

        assertThat(allocated).isLessThan(4 * MEGABYTE);
    }

    @Test
    void doesNotWriteALargeObjectForEachElement() {
        Draft.Reportable draft = (Draft.Reportable) drafted(members("from: /o"), record(500, 3_000_000));

        assertThat(draft.write(LIMIT)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text: \"{/t}\"", "from: /t, case: upper", "expression: \"[1..10000]\"", "from: header:h"})
    void makesNoMoreValuesThanAReportCanHold(String made) {
        Route route = RouteYaml.route(members(made));
        SourceRecord record = TestTelemetry.record(1, "d", null, TestTelemetry.header("h", "x".repeat(50_000)));

        assertThat(Drafts.only(route.map(record, record(500, 50_000))))
                .isEqualTo(new Draft.Unmappable(new Rejection(
                        RejectionReason.TOO_LARGE,
                        "the values that rules make for the report have more than 1000000 bytes",
                        DEVICE,
                        null,
                        0)));
    }

    @Test
    void countsWhatIsMadeForAPropertyOfItsOwn() {
        String properties =
                IntStream.range(0, 12).mapToObj(i -> "p" + i + ": \"{/t}\"").collect(Collectors.joining(", "));
        String yaml = "to: properties\ndevice-id: key\nservices: [ { id: S, properties: { " + properties + " } } ]";

        assertThat(drafted(yaml, record(1, 83_000))).isInstanceOf(Draft.Properties.class);
        assertThat(drafted(yaml, record(1, 84_000)))
                .isInstanceOfSatisfying(
                        Draft.Unmappable.class,
                        draft -> assertThat(draft.rejection().reason()).isEqualTo(RejectionReason.TOO_LARGE));
    }

    @Test
    void countsEachReportOnItsOwn() {
        Route route = RouteYaml.route(
                "to: properties\ndevice-id: key\neach: /list\nservices: [ { id: S, properties: { p: \"{/t}\" } } ]");

        Mapping.Reports reports = (Mapping.Reports) route.map(TestTelemetry.record(1, "d", null), record(5, 900_000));

        assertThat(reports.parts()).extracting(Part::draft).hasOnlyElementsOfType(Draft.Properties.class);
    }

    @Test
    void countsTheTextOfOtherValuesAsWork() {
        ObjectNode value = JsonNodeFactory.instance.objectNode();
        value.putArray("list").add("x".repeat(9_000_000));
        Route route = RouteYaml.route("to: message\ndevice-id: key\nmessage: { content: /list }");
        Work work = new Work();

        for (int i = 0; i < 6; i++) {
            ((Mapping.Reports) route.map(TestTelemetry.record(1, "d", null), value, work))
                    .parts()
                    .forEach(Part::draft);
        }

        assertThat(work.isExceeded()).isTrue();
    }

    @Test
    void takesAReportThatJustFits() {
        ArrayNode services = JsonNodeFactory.instance.arrayNode();
        services.addObject().put("a", "bc");
        Draft.Properties properties = new Draft.Properties(DEVICE, services);
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("content", "x");
        Draft.Message message = new Draft.Message(DEVICE, body);

        assertThat(properties.write(9)).isEmpty();
        assertThat(properties.write(10))
                .hasValueSatisfying(json -> assertThat(TestTelemetry.text(json)).isEqualTo("{\"a\":\"bc\"}"));
        assertThat(message.write(14)).isEmpty();
        assertThat(message.write(15))
                .hasValueSatisfying(json -> assertThat(TestTelemetry.text(json)).isEqualTo("{\"content\":\"x\"}"));
    }

    @Test
    void doesNotTakeADefectForALargeReport() {
        ArrayNode deep = JsonNodeFactory.instance.arrayNode();
        ArrayNode inner = deep;
        for (int i = 0; i < 2000; i++) {
            inner = inner.addArray();
        }
        Draft.Properties properties = new Draft.Properties(DEVICE, deep);

        assertThatThrownBy(() -> properties.write(LIMIT)).isInstanceOf(JacksonException.class);
    }

    private static String members(String rule) {
        return "to: properties\ndevice-id: key\nservices:\n- id: S\n  properties:\n    \"*\": { " + rule
                + ", each: /list, name: { from: ./n } }";
    }

    /** A list of so many names, a text of this length, and an object with it. */
    private static ObjectNode record(int names, int length) {
        ObjectNode value = JsonNodeFactory.instance.objectNode();
        ArrayNode list = value.putArray("list");
        for (int i = 0; i < names; i++) {
            list.addObject().put("n", "p" + i);
        }
        String text = "x".repeat(length);
        value.put("t", text).putObject("o").put("t", text);
        return value;
    }

    private static Draft drafted(String yaml, ObjectNode value) {
        return Drafts.only(RouteYaml.route(yaml).map(TestTelemetry.record(1, "d", null), value));
    }

    private static <T> long allocated(Supplier<T> action, Consumer<T> check) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        T result = action.get();
        long after = threads.getCurrentThreadAllocatedBytes();
        check.accept(result);
        return after - before;
    }
}

package io.iotdarelay.mapping;

import static io.iotdarelay.testing.TestTelemetry.header;
import static io.iotdarelay.testing.TestTelemetry.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.TestTelemetry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;

class SelectorTest {

    private static final JsonNode TREE =
            JsonMapper.shared().readTree("{\"a\":{\"b\":[10,{\"c\":\"deep\"}]},\"n\":null,\"x~y\":1,\"x/y\":2,\"\":3}");

    @ParameterizedTest
    @CsvSource({"/a/b/0, 10", "/a/b/1/c, \"deep\"", "/x~0y, 1", "/x~1y, 2", "/, 3", "/a/b, '[10,{\"c\":\"deep\"}]'"})
    void pointsIntoTheValue(String pointer, String found) {
        assertFound(pointer, found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/a/b/2", "/a/b/x", "/n", "/a/b/0/deeper"})
    void findsNothing(String pointer) {
        assertThat(select(pointer, record(1, "k", "{}"))).isEqualTo(Result.nothing(pointer + " finds nothing"));
    }

    @Test
    void readsTheKeyAsText() {
        assertFound("key", "\"kéy\"", record(1, "kéy", "{}"));
        assertFound("key", "\"k\ufffdy\"", record(1, "k\ufffdy", "{}"));
        assertThat(select("key", record(1, null, "{}"))).isEqualTo(Result.nothing("key finds nothing"));
    }

    @Test
    void refusesAKeyThatIsNotText() {
        SourceRecord record = new SourceRecord(
                new RecordPosition("t", 0, 1), TestTelemetry.TIME, new byte[] {(byte) 0xff}, new byte[0], List.of());

        assertThat(select("key", record)).isEqualTo(Result.failed("key is not UTF-8 text"));
    }

    @Test
    void readsTimestampAndTopic() {
        assertFound("timestamp", "1793536496789", record(1, "k", "{}"));
        assertFound("topic", "\"topic\"", record(1, "k", "{}"));
    }

    @Test
    void readsTheLastHeaderOfAName() {
        RecordHeader[] headers = {header("h", "1"), header("h", "2"), header("other", "3")};
        assertFound("header:h", "\"2\"", record(1, "k", "{}", headers));
        assertThat(select("header:none", record(1, "k", "{}", headers)))
                .isEqualTo(Result.nothing("header:none finds nothing"));
        assertThat(select("header:h", record(1, "k", "{}", header("h", null))))
                .isEqualTo(Result.nothing("header:h finds nothing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "$.a", "header:", "header-bytes:", "key:x", "Key", "values"})
    void isNothingElse(String expression) {
        assertThatThrownBy(() -> Selector.parse(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a valid selector");
    }

    @ParameterizedTest
    @CsvSource({
        "device, /device",
        "a/b, /a/b",
        "a.b, /a/b",
        "$.a.b[0].c, /a/b/0/c",
        "$[0], /0",
        "Key, key",
        "time-stamp, timestamp",
        "values, value",
        "header, header:"
    })
    void suggestsWhatWasMeant(String expression, String suggestion) {
        assertThatThrownBy(() -> Selector.parse(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("; did you mean '" + suggestion + "'?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "value"})
    void selectsTheWholeValue(String expression) {
        assertThat(Selector.parse(expression).select(Scope.of(record(1, "k", ""), TREE)))
                .isEqualTo(Result.found(TREE));
        assertThat(Selector.parse(expression).select(Scope.of(record(1, "k", ""), NullNode.getInstance())))
                .isEqualTo(Result.nothing("the value is null"));
    }

    @ParameterizedTest
    @CsvSource({"/a~2b, ~2", "/a~, ~", "/~, ~", "/~~0, ~~", "/a/~01~x, ~x"})
    void refusesAPointerWithAnInvalidEscape(String expression, String escape) {
        assertThatThrownBy(() -> Selector.parse(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + expression + "' is not a JSON Pointer: '" + escape
                        + "' is not an escape, write ~0 for ~ and ~1 for /");
    }

    private static void assertFound(String expression, String json) {
        assertFound(expression, json, record(1, "k", "{}"));
    }

    private static void assertFound(String expression, String json, SourceRecord record) {
        assertThat(select(expression, record).<String>fold(Object::toString, why -> "failed: " + why))
                .isEqualTo(json);
    }

    private static Result<JsonNode> select(String expression, SourceRecord record) {
        return Selector.parse(expression).select(Scope.of(record, TREE));
    }
}

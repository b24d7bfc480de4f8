package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class EventTimeTest {

    @ParameterizedTest
    @CsvSource({
        "'\"2021-08-13T10:10:10.555Z\"', 2021-08-13T10:10:10.555Z",
        "'\"2021-08-13T10:10:10Z\"', 2021-08-13T10:10:10.000Z",
        "'\"2021-08-13T10:10:10.123456789Z\"', 2021-08-13T10:10:10.123Z",
        "'\"2021-08-13T18:10:10.555+08:00\"', 2021-08-13T10:10:10.555Z",
        "'\"2021-08-13T10:10:10.5\"', 2021-08-13T10:10:10.500Z",
        "'\" 2021-08-13T10:10 \"', 2021-08-13T10:10:00.000Z",
        "'\"20161219T114920Z\"', 2016-12-19T11:49:20.000Z",
        "1628849410, 2021-08-13T10:10:10.000Z",
        "1628849410.555, 2021-08-13T10:10:10.555Z",
        "1628849410555, 2021-08-13T10:10:10.555Z",
        "'\"1628849410\"', 2021-08-13T10:10:10.000Z",
        "'\"1628849410555\"', 2021-08-13T10:10:10.555Z",
        "'\"1628849410.5559\"', 2021-08-13T10:10:10.555Z",
        "0, 1970-01-01T00:00:00.000Z",
        "99999999999, 5138-11-16T09:46:39.000Z",
        "100000000000, 1973-03-03T09:46:40.000Z"
    })
    void understandsTimes(String json, String expected) {
        assertThat(read(json)).isEqualTo(expected).hasSize(24);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "\"yesterday\"",
                "\"2021-08-13\"",
                "\"2021-13-45T10:10:10Z\"",
                "\"20211345T101010Z\"",
                "\"1.2.3\"",
                "\"111111111111111111111111111111111111111111\"",
                "\"99999999999999999999\"",
                "\"10000-01-01T00:00:00Z\"",
                "\"+10000-01-01T00:00:00Z\"",
                "\"1969-12-31T23:59:59Z\"",
                "-1",
                "1e30",
                "1e399",
                "253402300800000",
                "true",
                "{}",
                "[]"
            })
    void understandsNothingElse(String json) {
        assertThat(read(json)).startsWith("failed: ");
    }

    @Test
    void writesAlwaysTwentyFourCharacters() {
        assertThat(EventTime.write(Instant.parse("2026-01-02T03:04:05Z"))).isEqualTo("2026-01-02T03:04:05.000Z");
        assertThat(EventTime.write(Instant.parse("2026-01-02T03:04:05.000000001Z")))
                .isEqualTo("2026-01-02T03:04:05.000Z");
    }

    private static String read(String json) {
        return EventTime.read(JsonMapper.builder()
                        .enable(tools.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .build()
                        .readTree(json))
                .fold(EventTime::write, why -> "failed: " + why);
    }
}

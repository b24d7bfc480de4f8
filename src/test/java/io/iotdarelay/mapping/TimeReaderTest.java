package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class TimeReaderTest {

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
        "'\"2021-08-13 10:10:10.25\"', 2021-08-13T10:10:10.250Z",
        "'\"2021-08-13t10:10:10z\"', 2021-08-13T10:10:10.000Z",
        "'\"2021-08-13T18:10:10.555+0800\"', 2021-08-13T10:10:10.555Z",
        "'\"2021-08-13T18:10:10+08\"', 2021-08-13T10:10:10.000Z",
        "'\"2021-08-13 18:10:10 +0800\"', 2021-08-13T10:10:10.000Z",
        "'\"2021-08-13T12:10:10+02:00[Europe/Berlin]\"', 2021-08-13T10:10:10.000Z",
        "'\"2021-08-13T12:10:10[Europe/Berlin]\"', 2021-08-13T10:10:10.000Z",
        "'\"Fri, 13 Aug 2021 10:10:10 GMT\"', 2021-08-13T10:10:10.000Z",
        "'\"Fri, 13 Aug 2021 12:10:10 +0200\"', 2021-08-13T10:10:10.000Z",
        "'\"20210813\"', 2021-08-13T00:00:00.000Z",
        "'\"202108131010\"', 2021-08-13T10:10:00.000Z",
        "'\"20210813101010\"', 2021-08-13T10:10:10.000Z",
        "'\"19991231235959\"', 1999-12-31T23:59:59.000Z",
        "1628849410555123, 2021-08-13T10:10:10.555Z",
        "1628849410555123456, 2021-08-13T10:10:10.555Z",
        "'\"1628849410555123456\"', 2021-08-13T10:10:10.555Z",
        "99999999999999, 5138-11-16T09:46:39.999Z",
        "100000000000000, 1973-03-03T09:46:40.000Z",
        "99999999999999999, 5138-11-16T09:46:39.999Z",
        "100000000000000000, 1973-03-03T09:46:40.000Z",
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
                "\"20210230T101010Z\"",
                "\"2021-02-30T10:10:10Z\"",
                "\"20211345\"",
                "\"20211345101010\"",
                "\"260101180000\"",
                "\"2021-08-13 \"",
                "\"2021-08-13X10:10:10Z\"",
                "\"Friday\"",
                "\"1.2.3\"",
                "\"111111111111111111111111111111111111111111\"",
                "\"999999999999999999999\"",
                "\"10000-01-01T00:00:00Z\"",
                "-1",
                "1e30",
                "1e399",
                "253402300800000000000",
                "true",
                "{}",
                "[]"
            })
    void acceptsNothingElse(String json) {
        assertThat(read(json)).startsWith("failed: ");
    }

    @ParameterizedTest
    @CsvSource({
        "\"2026-01-01 12:34:56.25\", 2026-01-01T11:34:56.250Z",
        "\"2026-01-01T12:34:56Z\", 2026-01-01T12:34:56.000Z",
        "\"2026-07-01T12:34:56+01:00\", 2026-07-01T11:34:56.000Z",
        "\"20260101\", 2025-12-31T23:00:00.000Z",
        "\"202607011234\", 2026-07-01T10:34:00.000Z",
        "\"20260701123456\", 2026-07-01T10:34:56.000Z",
        "\"20260701T123456Z\", 2026-07-01T12:34:56.000Z",
        "1767225600, 2026-01-01T00:00:00.000Z"
    })
    void takesTextWithoutAnOffsetForTimeOfTheZone(String json, String expected) {
        assertThat(read(new TimeReader.Guessing(new TimeText(ZoneId.of("Europe/Berlin"))), json))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "dd.MM.yyyy HH:mm:ss, \"01.07.2026 12:34:56\", 2026-07-01T10:34:56.000Z",
        "yyMMddHHmmss, \"260701123456\", 2026-07-01T10:34:56.000Z",
        "uuuuMMddHHmmss, 20260701123456, 2026-07-01T10:34:56.000Z",
        "yyyy-MM-dd, \" 2026-07-01 \", 2026-06-30T22:00:00.000Z",
        "dd MMM yyyy HH:mm z, \"01 Jul 2026 12:34 UTC\", 2026-07-01T12:34:00.000Z",
        "yyyy/MM/dd HH:mm VV, \"2026/07/01 12:34 Asia/Shanghai\", 2026-07-01T04:34:00.000Z",
        "yyyy/MM/dd HH:mmX, \"2026/07/01 12:34+08\", 2026-07-01T04:34:00.000Z",
        "yyyy'year'MM'y'dd, \"2026year07y01\", 2026-06-30T22:00:00.000Z"
    })
    void readsTheFormThatIsGiven(String pattern, String json, String expected) {
        assertThat(read(new TimeReader.Formatted(TimeFormat.of(pattern, ZoneId.of("Europe/Berlin"))), json))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"30.02.2026\"", "\"2026-01-01\"", "{}"})
    void readsNoOtherFormThanTheOneThatIsGiven(String json) {
        assertThat(read(new TimeReader.Formatted(TimeFormat.of("dd.MM.yyyy", ZoneOffset.UTC)), json))
                .startsWith("failed: ");
    }

    @ParameterizedTest
    @CsvSource({
        "SECONDS, 100000000000, 5138-11-16T09:46:40.000Z",
        "MILLISECONDS, 10, 1970-01-01T00:00:00.010Z",
        "MICROSECONDS, \"1767225600123456\", 2026-01-01T00:00:00.123Z",
        "NANOSECONDS, 1000000, 1970-01-01T00:00:00.001Z",
        "SECONDS, \"2026-01-01\", 'failed: the text is not a number'"
    })
    void countsWhatItIsToldTo(TimeReader.Epoch unit, String json, String expected) {
        assertThat(read(new TimeReader.Counted(unit), json)).isEqualTo(expected);
    }

    /** Whole numbers take a shorter way. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "0",
                "1",
                "1767225600",
                "99999999999",
                "100000000000",
                "253402300799",
                "253402300800",
                "99999999999999",
                "100000000000000",
                "253402300800000",
                "99999999999999999",
                "100000000000000000",
                "9223372036854775807",
                "-9223372036854775808"
            })
    void readsWholeNumbersAsItReadsOthers(String number) {
        for (TimeReader.Epoch unit : TimeReader.Epoch.values()) {
            TimeReader counted = new TimeReader.Counted(unit);
            assertThat(read(counted, number)).isEqualTo(read(counted, number + ".0"));
        }
        assertThat(read(number)).isEqualTo(read(number + ".0"));
    }

    private static String read(String json) {
        return read(new TimeReader.Guessing(new TimeText(ZoneOffset.UTC)), json);
    }

    private static String read(TimeReader reader, String json) {
        return reader.read(JsonMapper.builder()
                        .enable(tools.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .build()
                        .readTree(json))
                .fold(EventTime::write, why -> "failed: " + why);
    }
}

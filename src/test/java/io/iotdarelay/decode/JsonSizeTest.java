package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSizeTest {

    private static final Headers EXPANDED = Headers.NONE.ofExpanded();
    private static final int MOST = Bounds.MAX_VALUES;

    /** Each with one value too many when its middle is repeated so often. */
    static Stream<Arguments> floods() {
        return Stream.of(
                Arguments.of("[", "1,", MOST - 1, "1]"),
                Arguments.of("[", "-1.5e3,", MOST - 1, "null]"),
                Arguments.of("[", "{},", MOST - 1, "1]"),
                Arguments.of("[", "[ ],\r\n\t", MOST - 1, "[]]"),
                Arguments.of("[", "\"[{,:1\",", MOST - 1, "1]"),
                Arguments.of("[", "\"\\\"[\\\\\",", MOST - 1, "1]"),
                Arguments.of("{", "\"a\":1,", MOST - 1, "\"a\":1}"),
                Arguments.of("{", "\"a\" : true,", MOST - 1, "\"a\":1}"),
                Arguments.of("", "1\u001e", MOST, "1"));
    }

    @ParameterizedTest
    @MethodSource("floods")
    void countsValues(String begin, String middle, int times, String end) {
        byte[] flood = (begin + middle.repeat(times) + end).getBytes(StandardCharsets.UTF_8);
        byte[] most = (begin + middle.repeat(times - 1) + end).getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> JsonSize.check(flood, EXPANDED))
                .isInstanceOf(FormatException.class)
                .hasMessage("there are more than 250000 values inside the value");
        assertThatCode(() -> JsonSize.check(most, EXPANDED)).doesNotThrowAnyException();
        assertThatCode(() -> JsonSize.check(flood, Headers.NONE))
                .as("Kafka bounds what is not compressed")
                .doesNotThrowAnyException();
    }

    /** The parser says that it does not end. */
    @ParameterizedTest
    @ValueSource(strings = {"\"", "\"\\", "\"a\\\""})
    void endsWithATextThatDoesNotEnd(String end) {
        byte[] value = (" ".repeat(MOST) + end).getBytes(StandardCharsets.UTF_8);

        assertThatCode(() -> JsonSize.check(value, EXPANDED)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE", "x-UTF-16LE-BOM"})
    void boundsTheLengthInOtherEncodings(String name) throws FormatException {
        Charset charset = Charset.forName(name);
        byte[] flood = ("[" + "1,".repeat(MOST) + "1]").getBytes(charset);
        byte[] few = ("[1" + " ".repeat(MOST / 2) + "]").getBytes(charset);

        assertThatThrownBy(() -> JsonSize.check(flood, EXPANDED)).isInstanceOf(FormatException.class);
        assertThat(few).hasSizeGreaterThan(MOST);
        JsonSize.check(few, EXPANDED);
    }
}

package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.JsonRecordDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class ValueTypeTest {

    @Test
    void numbersThatAreNotFiniteAreNoValues() {
        JsonNode nan = JsonNodeFactory.instance.numberNode(Double.NaN);

        assertThat(ValueType.DECIMAL.convert(nan)).isEqualTo(Result.nothing("the number is NaN or infinite"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "INT; 5; 5",
                "INT; -2147483648; -2147483648",
                "INT; 2147483647; 2147483647",
                "INT; 5.0; 5",
                "INT; 5e2; 500",
                "INT; \" 17 \"; 17",
                "LONG; 9223372036854775807; 9223372036854775807",
                "LONG; 0; 0",
                "INT; 5000000000e-9; 5",
                "DECIMAL; 23.10; 23.10",
                "DECIMAL; \"23.5\"; 23.5",
                "DECIMAL; 7; 7",
                "STRING; \"text\"; \"text\"",
                "STRING; 5; \"5\"",
                "STRING; 5.10; \"5.10\"",
                "STRING; true; \"true\"",
                "DATE_TIME; \"20161219T114920Z\"; \"20161219T114920Z\"",
                "ENUM; \"on\"; \"on\"",
                "BOOLEAN; true; true",
                "BOOLEAN; \"false\"; false",
                "BOOLEAN; 1; true",
                "BOOLEAN; 0; false",
                "JSON_OBJECT; {\"a\":1}; {\"a\":1}",
                "STRING_LIST; [\"a\",\"b\"]; [\"a\",\"b\"]",
                "STRING_LIST; []; []"
            })
    void takes(ValueType type, String json, String expected) {
        assertThat(convert(type, json)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "INT; 5.5",
                "INT; 2147483648",
                "INT; \"five\"",
                "INT; true",
                "INT; []",
                "LONG; 9223372036854775808",
                "LONG; 1e-1",
                "DECIMAL; \"\"",
                "DECIMAL; {}",
                "DECIMAL; 1e999999999",
                "DECIMAL; \"1e-999999999\"",
                "DECIMAL; 1e401",
                "STRING; {}",
                "STRING; []",
                "ENUM; []",
                "DATE_TIME; {}",
                "BOOLEAN; 2",
                "BOOLEAN; \"yes\"",
                "BOOLEAN; {}",
                "JSON_OBJECT; []",
                "JSON_OBJECT; 1",
                "STRING_LIST; [1]",
                "STRING_LIST; \"a\""
            })
    void refuses(ValueType type, String json) {
        assertThat(convert(type, json)).startsWith("failed: ");
    }

    @Test
    void refusesNumbersInEndlessTexts() {
        assertThat(convert(ValueType.DECIMAL, "\"" + "1".repeat(1001) + "\"")).startsWith("failed: ");
        assertThat(convert(ValueType.DECIMAL, "\"0." + "1".repeat(500) + "\"")).startsWith("failed: ");
    }

    @Test
    void knowsWhatIsNumeric() {
        assertThat(ValueType.values())
                .filteredOn(ValueType::isNumeric)
                .containsExactly(ValueType.INT, ValueType.LONG, ValueType.DECIMAL);
    }

    private static String convert(ValueType type, String json) {
        JsonNode node =
                ((Decoding.Decoded) new JsonRecordDecoder().decode(json.getBytes(StandardCharsets.UTF_8))).tree();
        return type.convert(node).fold(Object::toString, why -> "failed: " + why);
    }
}

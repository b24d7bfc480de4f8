package io.iotdarelay.readback;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.StrictJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '!', textBlock = """
        21                              | 21.0                            | true
        21                              | 2.1e1                           | true
        -0                              | 0.0                             | true
        21                              | 22                              | false
        9007199254740993                | 9007199254740993                | true
        9007199254740993                | 9007199254740992                | false
        9007199254740993                | 9007199254740993.0              | true
        123456789012345678901234567890  | 123456789012345678901234567890  | true
        123456789012345678901234567890  | 123456789012345678901234567891  | false
        123456789012345678901234567890  | 1.2345678901234567890123456789e29 | true
        0.1                             | 0.10000000000000000001          | false
        1e-300                          | 1E-300                          | true
        21                              | "21"                            | true
        "21.50"                         | 21.5                            | true
        "21"                            | 22                              | false
        "one"                           | 1                               | false
        ""                              | 1                               | false
        "21"                            | "21.0"                          | false
        NaN                             | NaN                             | false
        NaN                             | 1                               | false
        Infinity                        | "1"                             | false
        "2026-11-30T12:00:00Z"          | "20261130T120000Z"              | true
        "2026-11-30T12:00:00.000Z"      | "2026-11-30T20:00:00+08:00"     | true
        "2026-11-30T12:00:00Z"          | "20261130T120001Z"              | false
        "2026-11-30 or so"              | "20261130T120001Z"              | false
        "a text of twenty"              | "another of twenty"             | false
        "a"                             | "a"                             | true
        "a"                             | "A"                             | false
        true                            | true                            | true
        true                            | 1                               | false
        true                            | false                           | false
        null                            | null                            | true
        {"a":1,"b":{"c":[1,2.0]}}       | {"b":{"c":[1.0,2]},"a":1.00}    | true
        {"a":1}                         | {"a":1,"b":2}                   | false
        {"a":1}                         | {"b":1}                         | false
        {"a":1}                         | {"a":2}                         | false
        {"a":1}                         | [1]                             | false
        [1,2]                           | [2,1]                           | false
        [1,2]                           | [1]                             | false
        [1]                             | {"a":1}                         | false
        [[],{}]                         | [[],{}]                         | true
        """)
    void comparesValuesWhateverTheirForm(String one, String other, boolean same) {
        assertThat(Comparison.isSame(StrictJson.tree(one), StrictJson.tree(other)))
                .isEqualTo(same);
        assertThat(Comparison.isSame(StrictJson.tree(other), StrictJson.tree(one)))
                .isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '!', textBlock = """
        0.1              | 0.10000000000000000001 | true
        9007199254740993 | 9007199254740992       | true
        1                | 1.0                    | false
        1                | 2                      | false
        "1"              | 1                      | false
        1                | "1"                    | false
        NaN              | 1                      | false
        1                | NaN                    | false
        1e400            | 1e401                  | false
        1e100000000      | 1                      | false
        """)
    void knowsNumbersThatLostDigits(String one, String other, boolean rounded) {
        assertThat(Comparison.isRounded(StrictJson.tree(one), StrictJson.tree(other)))
                .isEqualTo(rounded);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '!', textBlock = """
        "***" | true
        "*a*" | false
        ""    | false
        1     | false
        NaN   | true
        [1,"**"]     | true
        {"a":[NaN]}  | true
        {"a":[1,{}]} | false
        """)
    void knowsWhatCannotBeCompared(String value, boolean unclear) {
        assertThat(Comparison.isUnclear(StrictJson.tree(value))).isEqualTo(unclear);
    }

    /** A hundred million digits would have to be written out to add something to such a number. */
    @Test
    void comparesHugeExponentsAtOnce() {
        assertThat(Comparison.isSame(StrictJson.tree("1e100000000"), StrictJson.tree("10e99999999")))
                .isTrue();
        assertThat(Comparison.isSame(StrictJson.tree("1e100000000"), StrictJson.tree("1e-100000000")))
                .isFalse();
    }
}

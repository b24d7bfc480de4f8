package io.iotdarelay.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class JsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "\"x\"",
                "null",
                "{\"a\":[1,-2,9007199254740993,123456789012345678901234567890,1.5,true,false,null,{\"b\":\"\\u001b\\\"ü\"}]}"
            })
    void isThatOfJacksonsMapper(String text) {
        assertThat(String.valueOf(Json.read(text)))
                .isEqualTo(JsonMapper.shared().readTree(text).toString());
        assertThat(Json.write(java.util.Objects.requireNonNull(Json.read(text))))
                .isEqualToIgnoringCase(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1,", "{\"a\"}", "{} {}", "'x'", "nul", "{\"a\":1,}", "\u0000"})
    void whatIsNoJsonIsNone(String text) {
        assertThat(Json.read(text)).isNull();
    }

    @Test
    void depthIsBounded() {
        assertThat(Json.read("[".repeat(100_000) + "]".repeat(100_000))).isNull();
        assertThat(Json.read("[".repeat(400) + "]".repeat(400))).isNotNull();
    }
}

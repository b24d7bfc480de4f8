package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRecordDecoderTest {

    private final RecordDecoder decoder = new JsonRecordDecoder();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1}",
                "[1,2]",
                "\"text\"",
                "true",
                "null",
                "0",
                "2.30",
                "230.10000000000000000000000002",
                "12345678901234567890123456789"
            })
    void keepsEveryDigit(String json) {
        assertThat(decode(json))
                .isInstanceOfSatisfying(
                        Decoding.Decoded.class,
                        decoded -> assertThat(decoded.tree()).hasToString(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "{",
                "{\"a\":1",
                "{\"a\":1}}",
                "{\"a\":1} {\"b\":2}",
                "{\"a\":1,\"a\":2}",
                "nonsense",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "{\"a\":1,}"
            })
    void rejectsWhatIsNoJson(String json) {
        assertThat(decode(json))
                .isInstanceOfSatisfying(
                        Decoding.Undecodable.class,
                        undecodable -> assertThat(undecodable.detail()).isNotBlank());
    }

    @Test
    void rejectsInvalidUtf8() {
        assertThat(decoder.decode(new byte[] {'"', (byte) 0xc3, (byte) 0x28, '"'}))
                .isInstanceOf(Decoding.Undecodable.class);
    }

    @Test
    void rejectsEndlessNesting() {
        assertThat(decode("[".repeat(10_000) + "]".repeat(10_000))).isInstanceOf(Decoding.Undecodable.class);
    }

    @Test
    void rejectsEndlessNumbers() {
        assertThat(decode("1".repeat(1_000_000))).isInstanceOf(Decoding.Undecodable.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e2147483648", "1e99999999999999", "-1E-99999999999999", "0e99999999999999", "0.1e-2147483648"})
    void rejectsExponentsThatNoNumberHas(String number) {
        assertThat(decode("{\"a\":" + number + "}")).isEqualTo(new Decoding.Undecodable("a number is out of range"));
    }

    @Test
    void saysWhere() {
        assertThat(decode("{\"a\":\n  nonsense}"))
                .isInstanceOfSatisfying(
                        Decoding.Undecodable.class,
                        undecodable -> assertThat(undecodable.detail()).contains("line 2"));
    }

    private Decoding decode(String json) {
        return decoder.decode(json.getBytes(StandardCharsets.UTF_8));
    }
}

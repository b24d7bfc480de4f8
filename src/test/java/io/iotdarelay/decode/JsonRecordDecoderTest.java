package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonRecordDecoderTest {

    private final JsonRecordDecoder decoder = new JsonRecordDecoder();

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
                "{\"a\":nan}",
                "{\"a\":NaNs}",
                "{\"a\":NaN,\"a\":1}",
                "NaN NaN",
                "{\"a\":NaN",
                "{\"a\":01}",
                "{\"a\":1,}"
            })
    void rejectsWhatIsNotJson(String json) {
        assertThat(decode(json))
                .isInstanceOfSatisfying(
                        Decoding.Undecodable.class,
                        undecodable -> assertThat(undecodable.detail()).isNotBlank());
    }

    /** They are for whoever writes the relay, not for whoever reads a dead letter. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":nan}",
                "{\"a\":NaN,\"b\":nan}",
                "{\"a\":NaN,\"b\":-Infinitely}",
                "{\"a\":-NaN}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":5.}",
                "{\"a\":01}",
                "{'a':1}",
                "{a:1}",
                "[1,,2]",
                "[1,]",
                "// comment\n1",
                "/* comment */ 1",
                "# comment\n1",
                "\"\t\"",
                "\"\\q\"",
                "{\"a\":1} {\"b\":2}",
                "{\"a\":1,\"a\":2}"
            })
    void namesNoSwitchOfALibrary(String json) {
        assertThat(decode(json))
                .isInstanceOfSatisfying(
                        Decoding.Undecodable.class,
                        undecodable -> assertThat(undecodable.detail())
                                .isNotBlank()
                                .doesNotContainPattern("[A-Z]{2,}_[A-Z]|Feature|Constraints|enable|`|non-standard"));
    }

    /** Python's serializer writes them, for example. What they mean is up to the rules. */
    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity"})
    void readsNumbersThatHaveNoValue(String token) {
        JsonNode tree = ((Decoding.Decoded) decode("{\"a\":" + token + ",\"b\":[2.30," + token + "]}")).tree();

        assertThat(tree.path("a").isNumber()).isTrue();
        assertThat(NumberNodes.isFinite(tree.path("a"))).isFalse();
        assertThat(tree.path("a").asString()).isEqualTo(token);
        assertThat(NumberNodes.isFinite(tree.path("b").path(1))).isFalse();
        assertThat(tree.path("b").path(0).decimalValue()).isEqualTo(new BigDecimal("2.30"));
        assertThat(NumberNodes.isFinite(tree.path("b").path(0))).isTrue();
        assertThat(NumberNodes.isFinite(StrictJson.tree(token))).isFalse();
        assertThat(NumberNodes.isFinite(StrictJson.tree("\"" + token + "\""))).isTrue();
    }

    @Test
    void readsNumbersThatHaveNoValueInLines() {
        JsonNode lines = Decodings.tree(Encoding.of(Format.JSON_LINES), Decodings.utf8("{\"a\":1}\n{\"a\":NaN}\n3"));

        assertThat(lines).hasSize(3);
        assertThat(NumberNodes.isFinite(lines.path(1).path("a"))).isFalse();
        assertThat(Decodings.detail(Encoding.of(Format.JSON_LINES), Decodings.utf8("NaN\n{\"a\":nan}")))
                .contains("line 2");
    }

    @Test
    void namesNoClassesWhereBoundsAreExceeded() {
        assertThat(List.of(
                        "[".repeat(10_000) + "]".repeat(10_000),
                        "1".repeat(1_000_000),
                        "{\"" + "n".repeat(10_001) + "\":1}"))
                .allSatisfy(json -> assertThat(decode(json))
                        .isInstanceOfSatisfying(
                                Decoding.Undecodable.class,
                                undecodable -> assertThat(undecodable.detail())
                                        .contains("maximum")
                                        .doesNotContain("Constraints")));
    }

    @Test
    void saysWhatBeginsAsTheWireFormatOfASchemaRegistryDoes() {
        assertThat(decoder.decode(new byte[] {0, 0, 0, 1, 7, 'x'}))
                .isEqualTo(new Decoding.Undecodable(
                        "the value begins with byte 0x00: it looks like a schema registry's wire format (Avro, Protobuf or JSON"
                                + " Schema behind a schema ID, here schema 263), not like JSON"));
        assertThat(decoder.decode(new byte[] {0, 0, 0, 1}))
                .isEqualTo(new Decoding.Undecodable(
                        "the value begins with byte 0x00: it looks like a schema registry's wire format (Avro, Protobuf or JSON"
                                + " Schema behind a schema ID), not like JSON"));
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

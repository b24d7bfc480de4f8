package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.mapping.RouteProperties.HeaderFormat;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.TestTelemetry;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/** Keys and headers that are no plain text. */
class KeyAndHeaderFormatsTest {

    private static final String NOT_AMQP = "header:h: the bytes are not an AMQP 1.0 value of a known type";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a109746865726d6f2d3031              | "thermo-01"
            a100                                | ""
            b1000000026162                      | "ab"
            a3026162                            | "ab"
            b3000000026162                      | "ab"
            a102c3a9                            | "é"
            83000001b78fff97b0                  | 1887906535344
            830000019b78fff97b                  | 1767261600123
            40                                  | header:h: the AMQP value is null
            41                                  | true
            42                                  | false
            5601                                | true
            5600                                | false
            43                                  | 0
            44                                  | 0
            50ff                                | 255
            51ff                                | -1
            52ff                                | 255
            53ff                                | 255
            54ff                                | -1
            55ff                                | -1
            60ffff                              | 65535
            61ffff                              | -1
            70ffffffff                          | 4294967295
            71ffffffff                          | -1
            80ffffffffffffffff                  | 18446744073709551615
            81ffffffffffffffff                  | -1
            7241ac0000                          | 21.5
            824035800000000000                  | 21.5
            827ff8000000000000                  | header:h: the bytes are NaN or infinite
            7300000041                          | "A"
            730001f600                          | "😀"
            9800112233445566778899aabbccddeeff  | "00112233-4455-6677-8899-aabbccddeeff"
            """)
    void readsHeadersOfAmqp(String hex, String expected) {
        assertThat(amqp(hex)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "a1",
        "a105",
        "a1026162ff",
        "b1ffffffff",
        "b17fffffff",
        "a101ff",
        "5602",
        "83000001",
        "73ffffffff",
        "73",
        "98",
        "45",
        "c00100",
        "746e6f6e65",
        "7b7d"
    })
    void refusesWhatIsNoAmqp(String hex) {
        assertThat(amqp(hex)).isEqualTo(NOT_AMQP);
    }

    @Test
    void readsBinaryInHeadersOfAmqp() {
        RuleProperties rule = RuleProperties.of("header:h");

        assertThat(amqp("a0020102")).isEqualTo("\"AQI=\"");
        assertThat(amqp("b00000000102")).isEqualTo("\"Ag==\"");
        assertThat(rule.from()).containsExactly("header:h");
    }

    @Test
    void anyBytesHaveAVerdict() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            assertThat(AmqpValue.read(bytes)).as("seed %d", seed).isNotNull();
            for (KeyFormat format : KeyFormat.values()) {
                assertThat(format.read(bytes, new Work())).as("seed %d", seed).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            INT64   | 00000000000011d7                  | 4567
            INT64   | ffffffffffffffff                  | -1
            INT32   | 000011d7                          | 4567
            INT16   | 11d7                              | 4567
            FLOAT64 | 4035800000000000                  | 21.5
            FLOAT32 | 41ac0000                          | 21.5
            UUID    | 00112233445566778899aabbccddeeff  | "00112233-4455-6677-8899-aabbccddeeff"
            JSON    | 226d2d3122                        | "m-1"
            JSON    | 3137                              | 17
            JSON    | 6e756c6c                          | the key is null
            JSON    | 7b                                | key: the text is not valid JSON
            JSON    | ff                                | key is not UTF-8 text
            TEXT    | 226d2d3122                        | "\\"m-1\\""
            INT64   | 000011d7                          | key: the key has 4 bytes, expected 8
            UUID    | 00                                | the key has 1 bytes, expected 16
            """)
    void readsKeys(KeyFormat format, String hex, String expected) {
        Selector key = Selector.parse("key").in(new KeyAndHeaderFormats(format, HeaderFormat.TEXT));

        assertThat(text(key.select(
                        Scope.of(record(HexFormat.of().parseHex(hex), new byte[0]), NullNode.getInstance()))))
                .isEqualTo(expected);
    }

    @Test
    void encodingsReachTemplates() {
        Selector template = Selector.Template.parse("{key}-{header:h}-{topic}")
                .in(new KeyAndHeaderFormats(KeyFormat.INT16, HeaderFormat.AMQP));

        assertThat(text(template.select(Scope.of(
                        record(new byte[] {0, 7}, HexFormat.of().parseHex("a10178")), NullNode.getInstance()))))
                .isEqualTo("\"7-x-t\"");
    }

    @Test
    void aPartOfABinaryKeyIsRefused() {
        assertThat(RouteYaml.problems("""
                        to: properties
                        key-format: int64
                        device-id: key:/id
                        services:
                        - id: S
                          properties: { p: /p }
                        """))
                .containsExactly("device-id: a part of a binary key cannot be selected: see key-format");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            device-id: "{key:/id}"                                   | device-id
            device-id: { text: "a-{key:/id}" }                       | device-id
            device-id: key~when: { "key:/id": 1 }                    | when[key:/id]
            device-id: key~each: "key:/id"                           | each
            device-id: key~each: /a~each-when: { "key:/id": 1 }      | each-when[key:/id]
            """)
    void aPartOfABinaryKeyIsRefusedWhereverItIs(String yaml, String path) {
        assertThat(RouteYaml.problems("to: message\nkey-format: int32\n" + yaml.replace('~', '\n')))
                .containsExactly(path + ": a part of a binary key cannot be selected: see key-format");
        assertThat(RouteYaml.problems("to: message\nkey-format: json\n" + yaml.replace('~', '\n')))
                .isEmpty();
    }

    private static String amqp(String hex) {
        Selector header = Selector.parse("header:h").in(new KeyAndHeaderFormats(KeyFormat.TEXT, HeaderFormat.AMQP));
        return text(header.select(Scope.of(record(new byte[0], HexFormat.of().parseHex(hex)), NullNode.getInstance())));
    }

    private static SourceRecord record(byte[] key, byte[] header) {
        return new SourceRecord(
                new RecordPosition("t", 0, 1),
                TestTelemetry.TIME,
                key,
                new byte[0],
                List.of(new RecordHeader("h", header)));
    }

    private static String text(Result<JsonNode> result) {
        return result.fold(JsonNode::toString, why -> why);
    }
}

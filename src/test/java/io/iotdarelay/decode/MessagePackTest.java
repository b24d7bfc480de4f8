package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;
import tools.jackson.databind.JsonNode;

class MessagePackTest {

    private static final Encoding MESSAGEPACK = Encoding.of(Format.MESSAGEPACK);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "c0|null",
                "c2|false",
                "c3|true",
                "07|7",
                "ff|-1",
                "d080|-128",
                "cfffffffffffffffff|18446744073709551615",
                "d38000000000000000|-9223372036854775808",
                "ca41a8cccd|21.1",
                "cb4035800000000000|21.5",
                "cb7ff8000000000000|\"NaN\"",
                "ca7f800000|\"Infinity\"",
                "caff800000|\"-Infinity\"",
                "a2c3bc|\"ü\"",
                "d90161|\"a\"",
                "c403010203|\"AQID\"",
                "93010203|[1,2,3]",
                "82a46e616d65a16101c3|{\"name\":\"a\",\"1\":true}",
                "81ff02|{\"-1\":2}",
                "d6ff695645a0|\"2026-01-01T10:00:00Z\"",
                "d7ff1d6329bc695645a0|\"2026-01-01T10:00:00.123259503Z\"",
                "d40501|\"AQ==\"",
                "80|{}",
                "90|[]"
            })
    void readsWhatJsonHas(String messagePack, String json) {
        assertThat(Decodings.json(MESSAGEPACK, hex(messagePack))).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c1", // never used
                "0101", // two values
                "82a16101a16102", // a key twice
                "820102d00103", // the same, a number
                "81c001", // null as a key
                "819001", // an array as a key
                "81ca41a8cccd01", // a fraction as a key
                "a2c328", // no UTF-8
                "81a2c32801",
                "93", // ends
                "ddffffffff", // four thousand million elements
                "dd7fffffff01",
                "df7fffffff",
                "c6ffffffff", // as many bytes
                "c67fffffff01",
                "db7fffffff61",
                "c97fffffff05", // an extension
                "c97fffffffff", // a timestamp
                "c70dff0000000000000000000000000000",
                "cb4035",
                "d6ff",
            })
    void rejectsAnythingElse(String messagePack) {
        Decodings.detail(MESSAGEPACK, hex(messagePack));
    }

    private interface Content {
        void write(MessagePacker packer) throws IOException;
    }

    /** MessagePack's own library, at the lengths where the types change. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 31, 32, 127, 128, 255, 256, 65_535, 65_536})
    void readsWhatTheLibraryWrites(int length) throws IOException {
        String text = "x".repeat(length);
        assertThat(tree(packer -> packer.packString(text)).asString()).isEqualTo(text);
        assertThat(tree(packer -> packer.packBinaryHeader(length).addPayload(new byte[length]))
                        .binaryValue())
                .hasSize(length);
        assertThat(tree(packer ->
                                packer.packExtensionTypeHeader((byte) 7, length).addPayload(new byte[length]))
                        .binaryValue())
                .hasSize(length);
        assertThat(tree(packer -> {
                            packer.packArrayHeader(length);
                            for (int i = 0; i < length; i++) {
                                packer.packInt(i);
                            }
                        })
                        .size())
                .isEqualTo(length);
        assertThat(tree(packer -> {
                            packer.packMapHeader(length);
                            for (int i = 0; i < length; i++) {
                                packer.packInt(i).packNil();
                            }
                        })
                        .size())
                .isEqualTo(length);
    }

    @Test
    void boundsTheLengthOfNames() {
        String name = "da2710" + "6e".repeat(10_000);

        assertThat(Decodings.json(MESSAGEPACK, HexFormat.of().parseHex("81" + name + "01")))
                .contains("nnn");
        assertThat(Decodings.detail(MESSAGEPACK, HexFormat.of().parseHex("81da2711" + "6e".repeat(10_001) + "01")))
                .isEqualTo("a name is longer than the maximum, 10000 characters");
    }

    @Test
    void readsNumbersOfEverySize() throws IOException {
        for (int bit = 0; bit < Long.SIZE; bit++) {
            for (long around = -1; around <= 1; around++) {
                long number = (1L << bit) + around;
                assertThat(tree(packer -> packer.packLong(number)).longValue()).isEqualTo(number);
                assertThat(tree(packer -> packer.packLong(-number)).longValue()).isEqualTo(-number);
            }
        }
        assertThat(Decodings.json(MESSAGEPACK, hex("cf0000000000000001"))).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "2026-01-01T10:00:00.123456789Z",
                "2514-05-30T01:53:04Z",
                "1969-12-31T23:59:59.999999999Z"
            })
    void readsTimes(String time) throws IOException {
        assertThat(tree(packer -> packer.packTimestamp(Instant.parse(time))).asString())
                .isEqualTo(time);
    }

    @Test
    void rejectsTimesThatAreNone() {
        assertThat(Decodings.detail(MESSAGEPACK, hex("c70cff3b9aca000000000000000000")))
                .isEqualTo("a timestamp is out of range");
        assertThat(Decodings.detail(MESSAGEPACK, hex("c70cff000000008000000000000000")))
                .isEqualTo("a timestamp is out of range");
        assertThat(Decodings.detail(MESSAGEPACK, hex("d7ffffffffff00000000"))).isEqualTo("a timestamp is out of range");
        assertThat(Decodings.detail(MESSAGEPACK, hex("d4ff00"))).contains("4, 8 or 12");
    }

    private static JsonNode tree(Content content) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            content.write(packer);
            return Decodings.tree(MESSAGEPACK, packer.toByteArray());
        }
    }

    @Test
    void rejectsDeepNesting() {
        assertThat(Decodings.detail(MESSAGEPACK, hex("91".repeat(100_000)))).contains("maximum");
        assertThat(Decodings.detail(MESSAGEPACK, hex("81a161".repeat(100_000)))).contains("maximum");
    }

    @Test
    void rejectsAFloodOfEmptyObjects() {
        assertThat(Decodings.detail(MESSAGEPACK, hex("dd00061a80" + "80".repeat(400_000))))
                .contains("250000 values");
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}

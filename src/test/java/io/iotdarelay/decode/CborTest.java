package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CborTest {

    private static final Encoding CBOR = Encoding.of(Format.CBOR);

    /** Most are of RFC 8949, appendix A. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "00|0",
                "1bffffffffffffffff|18446744073709551615",
                "3bffffffffffffffff|-18446744073709551616",
                "c249010000000000000000|18446744073709551616",
                "c349010000000000000000|-18446744073709551617",
                "f93c00|1.0",
                "f97bff|65504.0",
                "fa47c35000|100000.0",
                "fa41a8cccd|21.1",
                "fb3ff199999999999a|1.1",
                "fb4035800000000000|21.5",
                "f97e00|\"NaN\"",
                "f97c00|\"Infinity\"",
                "fbfff0000000000000|\"-Infinity\"",
                "c48221196ab3|273.15",
                "f4|false",
                "f6|null",
                "f7|null",
                "c074323031332d30332d32315432303a30343a30305a|\"2013-03-21T20:04:00Z\"",
                "c11a514b67b0|1363896240",
                "c1fb41d452d9ec200000|1363896240.5",
                "d74401020304|\"AQIDBA==\"",
                "6449455446|\"IETF\"",
                "62c3bc|\"ü\"",
                "8301820203820405|[1,[2,3],[4,5]]",
                "a201020304|{\"1\":2,\"3\":4}",
                "a12002|{\"-1\":2}",
                "a11affffffff02|{\"4294967295\":2}",
                "a13affffffff02|{\"-4294967296\":2}",
                "a11b7fffffffffffffff02|{\"9223372036854775807\":2}",
                "a13b7fffffffffffffff02|{\"-9223372036854775808\":2}",
                "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c101|1",
                "82d9d9f7a1616180d9d9f7bf6162c101ff|[{\"a\":[]},{\"b\":1}]",
                "5f42010243030405ff|\"AQIDBAU=\"",
                "7f657374726561646d696e67ff|\"streaming\"",
                "9f018202039f0405ffff|[1,[2,3],[4,5]]",
                "bf61610161629f0203ffff|{\"a\":1,\"b\":[2,3]}",
                "d9d9f7a1616101|{\"a\":1}",
            })
    void readsWhatJsonHas(String cbor, String json) {
        assertThat(Decodings.json(CBOR, hex(cbor))).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a261610161", // ends within a key
                "a2616101616102", // a key twice
                "0001", // two values
                "9f01", // never ends
                "bf6161ff", // a key without a value
                "ff", // the end of nothing
                "1c", // reserved
                "f0", // a simple value without a meaning
                "f818", // the same, in a way that is not allowed
                "a1f601", // null as a key
                "a1820102", // an array as a key
                "a1416101", // bytes as a key
                "a141ff01",
                "bf5f4161ff01ff",
                "a11bffffffffffffffff02", // a whole number of more than 64 bits as a key
                "a13bffffffffffffffff02",
                "a11b800000000000000002",
                "62c328", // no UTF-8
                "a162c32801", // no UTF-8 in a key
                "7f4161ff", // bytes within a text
                "5bffffffffffffffff", // as many bytes as there are numbers
                "7b7fffffffffffffff61",
                "9bffffffffffffffff",
                "bb7fffffffffffffff",
                "c4821b7fffffffffffffff01", // an exponent that no number has
                "c4823a7fffffff01", // -2147483648, which has no positive counterpart
                "c4821a7fffffff01",
                "c48201", // half a decimal
                "7b2261223a317d", // JSON
                "80ff",
                "9fc1ff", // a tag of nothing
                "1f", // a number without an end
                "3f",
                "1d",
                "1e",
                "dc", // a tag that is reserved
                "df",
                "62c3", // half of a character
                "19",
                "1a0000",
                "1b00000000000000"
            })
    void rejectsAnythingElse(String cbor) {
        Decodings.detail(CBOR, hex(cbor));
    }

    @Test
    void rejectsDeepNesting() {
        assertThat(Decodings.detail(CBOR, hex("81".repeat(100_000)))).contains("maximum");
        assertThat(Decodings.detail(CBOR, hex("9f".repeat(100_000)))).contains("maximum");
        assertThat(Decodings.detail(CBOR, hex("a16161".repeat(100_000)))).contains("maximum");
    }

    /** The parser compares each tag with all before it: a megabyte would take half a minute. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s01",
                "8201%s02",
                "a1%s616101",
                "bf6161%s01ff",
                "01%s01",
                "5f%s4101ff",
                "c4%s820102",
                "c482%s0102",
                "%s"
            })
    void rejectsAFloodOfTags(String around) {
        byte[] value = hex(around.formatted("c6".repeat(1_000_000)));

        assertThat(Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> Decodings.detail(CBOR, value)))
                .matches("there are more than 16 tags in front of one item|there is more after the value.*");
    }

    @Test
    void rejectsNumbersThatTakeMinutesToWrite() {
        String length = "%08x".formatted(1_000_000);

        assertThat(Decodings.detail(CBOR, hex("c25a" + length + "77".repeat(1_000_000))))
                .contains("maximum");
    }

    @Test
    void rejectsNumbersOfMoreThanAThousandDigits() {
        assertThat(Decodings.detail(CBOR, hex("c25901f4" + "77".repeat(500)))).isEqualTo("a number is out of range");
        assertThat(Decodings.detail(CBOR, hex("c48201c25901f4" + "77".repeat(500))))
                .isEqualTo("a number is out of range");
    }

    @Test
    void takesNumbersOfAThousandDigits() {
        BigInteger number = BigInteger.TEN.pow(999);
        byte[] bytes = number.toByteArray();

        assertThat(Decodings.json(
                        CBOR,
                        hex("c259%04x".formatted(bytes.length) + HexFormat.of().formatHex(bytes))))
                .isEqualTo(number.toString());
    }

    /** A byte each in CBOR, more than fifty in memory. */
    @Test
    void rejectsAFloodOfEmptyObjects() {
        assertThat(Decodings.detail(CBOR, hex("9f" + "a0".repeat(400_000) + "ff")))
                .contains("250000 values");
    }

    /** A text that is referred to stands there once, and would be sent thousands of times. */
    @Test
    void rejectsAFloodOfReferences() {
        String text = "7a%08x".formatted(1_000_000) + "61".repeat(1_000_000);

        assertThat(Decodings.detail(CBOR, hex("d90100" + "9f" + text + "d81900".repeat(1000) + "ff")))
                .contains("max-value-size");
    }

    @Test
    void boundsTheLengthOfNames() {
        String name = "792710" + "6e".repeat(10_000);

        assertThat(Decodings.json(CBOR, hex("a1" + name + "01"))).contains("nnn");
        assertThat(Decodings.detail(CBOR, hex("a1" + "792711" + "6e".repeat(10_001) + "01")))
                .contains("maximum");
    }

    @Test
    void rejectsNothing() {
        assertThat(Decodings.detail(CBOR, new byte[0])).isEqualTo("the value is empty");
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}

package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Dice;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.smile.SmileFactory;
import tools.jackson.dataformat.smile.SmileMapper;
import tools.jackson.dataformat.smile.SmileWriteFeature;

class SmileTest {

    private static final Encoding SMILE = Encoding.of(Format.SMILE);
    private static final SmileFactory FACTORY = SmileFactory.builder()
            .enable(SmileWriteFeature.CHECK_SHARED_STRING_VALUES)
            .build();

    private interface Content {
        void write(JsonGenerator generator);
    }

    @Test
    void readsWhatJsonHas() {
        byte[] value = smile(generator -> {
            generator.writeStartObject();
            generator.writeName("temp");
            generator.writeNumber(21.5);
            generator.writeName("float");
            generator.writeNumber(21.1f);
            generator.writeName("big");
            generator.writeNumber(new BigInteger("18446744073709551616"));
            generator.writeName("decimal");
            generator.writeNumber(new BigDecimal("2.30"));
            generator.writeName("nan");
            generator.writeNumber(Double.NaN);
            generator.writeName("bytes");
            generator.writeBinary(new byte[] {1, 2, 3, 4});
            generator.writeName("ok");
            generator.writeBoolean(true);
            generator.writeName("none");
            generator.writeNull();
            generator.writeEndObject();
        });

        assertThat(Decodings.json(SMILE, value))
                .isEqualTo(
                        "{\"temp\":21.5,\"float\":21.1,\"big\":18446744073709551616,\"decimal\":2.30,\"nan\":\"NaN\","
                                + "\"bytes\":\"AQIDBA==\",\"ok\":true,\"none\":null}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3a290a",
                "3a290a00fa",
                "3a290a00f8",
                "3a290afaff",
                "7b7d",
                "a0",
                "3a290a0022232323",
                "3a290a00f80a",
                "3a290a00fa8061fb",
                "3a290a01f8ff", // ends within an array
                "3a290a01faff",
                "3a290a01fa8061ff",
                "3a290a01f8faff"
            })
    void rejectsAnythingElse(String hex) {
        Decodings.detail(SMILE, HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3a290a00c2ffc4", "3a290a00c2ffff", "3a290a00c2c4", "3a290a00c23a290a00c4"})
    void rejectsWhatFollowsTheValue(String hex) {
        assertThat(Decodings.detail(SMILE, HexFormat.of().parseHex(hex))).contains("more after the value");
        assertThat(Decodings.json(SMILE, HexFormat.of().parseHex("3a290a00c2ff")))
                .isEqualTo("1");
    }

    @Test
    void boundsTheLengthOfNames() {
        String name = "n".repeat(10_000);

        assertThat(Decodings.json(SMILE, object(name))).contains(name);
        assertThat(Decodings.detail(SMILE, object(name + "n"))).contains("maximum");
    }

    private static byte[] object(String name) {
        return smile(generator -> {
            generator.writeStartObject();
            generator.writeName(name);
            generator.writeNumber(1);
            generator.writeEndObject();
        });
    }

    @Test
    void rejectsWhatEndsTooEarlyAnywhere() {
        byte[] value = smile(generator -> {
            generator.writeStartArray();
            generator.writeString("a text");
            generator.writeNumber(new BigDecimal("2.30"));
            generator.writeBinary(new byte[100]);
            generator.writeEndArray();
        });

        for (int length = 0; length < value.length; length++) {
            Decodings.detail(SMILE, Arrays.copyOf(value, length));
        }
    }

    /** The parser makes other text of each. */
    @ParameterizedTest
    @CsvSource({
        "3a290a0080c328, in two bytes",
        "3a290a0081e28228, in three bytes",
        "3a290a0082f0288cbc, in four bytes",
        "3a290a0081eda080, half of a pair",
        "3a290a0080c080, longer than needed",
        "3a290a0041c328, in ASCII",
        "3a290a0040ff, in ASCII",
        "3a290a00e4c328fc, in a long text",
        "3a290a00e4656666e282fc, at the end of a long text",
        "3a290a01fac0c328c2fb, in a name",
        "3a290a01fa80ffc2fb, in a name of ASCII",
        "3a290a01fa34c328fcc2fb, in a long name",
        "3a290a01f880c32880c3bcf9, in the first of several"
    })
    void rejectsTextThatIsNotUtf8(String hex, String where) {
        assertThat(Decodings.detail(SMILE, HexFormat.of().parseHex(hex)))
                .as(where)
                .isIn("a string is not valid UTF-8", "the value is not Smile, or is cut off");
    }

    @Test
    void readsTextsOfAllLengthsAndKinds() {
        RandomGenerator dice = Dice.roll("SmileTest");
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < 300; i++) {
            String text = text(dice);
            tree.put(text(dice), text);
            tree.set(
                    text(dice),
                    JsonNodeFactory.instance.arrayNode().add(text).add("").add(text(dice)));
        }

        byte[] value = SmileMapper.builder(FACTORY).build().writeValueAsBytes(tree);

        assertThat(Decodings.tree(SMILE, value)).isEqualTo(tree);
    }

    private static String text(RandomGenerator dice) {
        int[] kinds = {0x80, 0x80, 0x800, 0x10000, 0x110000};
        int bound = kinds[dice.nextInt(kinds.length)];
        return dice.ints(dice.nextInt(dice.nextBoolean() ? 5 : 150), 0, bound)
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? c - 0x1000 : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void rejectsAKeyThatOccursTwice() {
        byte[] value = smile(generator -> {
            generator.writeStartObject();
            generator.writeName("a");
            generator.writeNumber(1);
            generator.writeName("a");
            generator.writeNumber(2);
            generator.writeEndObject();
        });

        assertThat(Decodings.detail(SMILE, value)).contains("twice");
    }

    @Test
    void rejectsAFloodOfSharedTexts() {
        byte[] value = smile(generator -> {
            generator.writeStartArray();
            for (int i = 0; i < 100_000; i++) {
                generator.writeString("sixty characters or so, written once and then referred to !");
            }
            generator.writeEndArray();
        });

        assertThat(value).hasSizeLessThan(200_000);
        assertThat(Decodings.detail(SMILE, value)).contains("max-value-size");
    }

    private static byte[] smile(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            content.write(generator);
        }
        return bytes.toByteArray();
    }
}

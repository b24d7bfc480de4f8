package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.dataformat.smile.SmileFactory;
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

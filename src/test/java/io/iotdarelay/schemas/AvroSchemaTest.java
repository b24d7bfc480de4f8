package io.iotdarelay.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvroSchemaTest {

    private static final String TREE = """
            {"type":"record","name":"Tree","fields":[
              {"name":"children","type":{"type":"array","items":"Tree"}}]}""";

    /** Values are written by the library. */
    private static byte[] write(String schema, Object value) {
        Schema parsed = new Schema.Parser().parse(schema);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new GenericDatumWriter<>(parsed).write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static CompiledSchema schema(String text, SchemaText.Reference... references) {
        return Framed.schema(SchemaType.AVRO, text, references);
    }

    private static String read(String schema, Object value) {
        return Framed.tree(schema(schema), write(schema, value)).toString();
    }

    @Test
    void readsEveryType() {
        Schema type = SchemaBuilder.record("All")
                .fields()
                .requiredBoolean("b")
                .requiredInt("i")
                .requiredLong("l")
                .requiredFloat("f")
                .requiredDouble("d")
                .requiredString("s")
                .requiredBytes("y")
                .name("x")
                .type()
                .fixed("Four")
                .size(4)
                .noDefault()
                .name("e")
                .type()
                .enumeration("Color")
                .symbols("RED", "GREEN")
                .noDefault()
                .optionalDouble("o")
                .optionalDouble("n")
                .name("a")
                .type()
                .array()
                .items()
                .longType()
                .noDefault()
                .name("m")
                .type()
                .map()
                .values()
                .intType()
                .noDefault()
                .endRecord();
        GenericData.Record value = new GenericData.Record(type);
        value.put("b", true);
        value.put("i", Integer.MIN_VALUE);
        value.put("l", Long.MIN_VALUE);
        value.put("f", 21.1f);
        value.put("d", 0.1);
        value.put("s", "grün \uD83D\uDE00");
        value.put("y", ByteBuffer.wrap(new byte[] {0, (byte) 0xff}));
        value.put("x", new GenericData.Fixed(type.getField("x").schema(), new byte[] {1, 2, 3, 4}));
        value.put("e", new GenericData.EnumSymbol(type.getField("e").schema(), "GREEN"));
        value.put("o", 1e300);
        value.put("a", List.of(1L, -1L, Long.MAX_VALUE));
        value.put("m", Map.of("k", 5));

        assertThat(read(type.toString(), value)).isEqualTo("""
                {"b":true,"i":-2147483648,"l":-9223372036854775808,"f":21.1,"d":0.1,"s":"grün \uD83D\uDE00",\
                "y":"AP8=","x":"AQIDBA==","e":"GREEN","o":1.0E+300,"n":null,"a":[1,-1,9223372036854775807],"m":{"k":5}}""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "long | timestamp-millis | 1767261600123 | \"2026-01-01T10:00:00.123Z\"",
                "long | timestamp-micros | 1767261600123456 | \"2026-01-01T10:00:00.123456Z\"",
                "long | timestamp-nanos | 1767261600123456789 | \"2026-01-01T10:00:00.123456789Z\"",
                "long | timestamp-millis | -1 | \"1969-12-31T23:59:59.999Z\"",
                "long | local-timestamp-millis | 1767261600123 | \"2026-01-01T10:00:00.123\"",
                "long | local-timestamp-micros | 1767261600123456 | \"2026-01-01T10:00:00.123456\"",
                "long | local-timestamp-nanos | 1767261600123456789 | \"2026-01-01T10:00:00.123456789\"",
                "long | time-micros | 36000000001 | \"10:00:00.000001\"",
                "int | time-millis | 36000001 | \"10:00:00.001\"",
                "int | date | 20454 | \"2026-01-01\"",
                "long | nobody-knows | 5 | 5",
                "int | nobody-knows | 5 | 5",
            })
    void readsTimes(String type, String logical, long number, String wanted) {
        String schema = "{\"type\":\"%s\",\"logicalType\":\"%s\"}".formatted(type, logical);
        Object value = type.equals("int") ? (Object) (int) number : (Object) number;

        assertThat(read(schema, value)).isEqualTo(wanted);
    }

    @Test
    void keepsEveryDigitOfADecimal() {
        BigDecimal exact = new BigDecimal("-12345678901234567890.120");
        ByteBuffer unscaled = ByteBuffer.wrap(exact.unscaledValue().toByteArray());
        String bytes = "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":30,\"scale\":3}";
        assertThat(read(bytes, unscaled)).isEqualTo("-12345678901234567890.120");

        String fixed =
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":4,\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}";
        assertThat(Framed.tree(schema(fixed), new byte[] {0, 0, 8, 0x66}).toString())
                .isEqualTo("21.50");
    }

    @Test
    void readsADecimalThatSaysItsScale() {
        CompiledSchema schema = schema("{\"type\":\"bytes\",\"logicalType\":\"big-decimal\"}");

        assertThat(Framed.tree(schema, HexFormat.of().parseHex("080408" + "66" + "04"))
                        .toString())
                .isEqualTo("21.50");
        assertThat(Framed.refusal(schema, HexFormat.of().parseHex("0a" + "0208" + "fe7f" + "00")))
                .contains("scale");
    }

    @Test
    void readsUuidsAndDurations() {
        String uuid = "{\"type\":\"fixed\",\"name\":\"U\",\"size\":16,\"logicalType\":\"uuid\"}";
        assertThat(Framed.tree(schema(uuid), HexFormat.of().parseHex("6ba7b8109dad11d180b400c04fd430c8"))
                        .asString())
                .isEqualTo("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

        String duration = "{\"type\":\"fixed\",\"name\":\"D\",\"size\":12,\"logicalType\":\"duration\"}";
        assertThat(Framed.tree(schema(duration), HexFormat.of().parseHex("0100000002000000ffffffff"))
                        .toString())
                .isEqualTo("{\"months\":1,\"days\":2,\"milliseconds\":4294967295}");
    }

    @Test
    void showsWhatJsonHasNoNumberForAsText() {
        assertThat(read("\"double\"", Double.NaN)).isEqualTo("\"NaN\"");
        assertThat(read("\"float\"", Float.NEGATIVE_INFINITY)).isEqualTo("\"-Infinity\"");
    }

    @Test
    void readsBlocksWithTheirSize() {
        CompiledSchema schema = schema("{\"type\":\"array\",\"items\":\"int\"}");

        assertThat(Framed.tree(schema, HexFormat.of().parseHex("0304" + "0204" + "02" + "06" + "00"))
                        .toString())
                .isEqualTo("[1,2,3]");
    }

    @Test
    void readsTypesThatContainThemselves() {
        assertThat(Framed.tree(schema(TREE), new byte[] {4, 2, 0, 0, 0, 0}).toString())
                .isEqualTo("{\"children\":[{\"children\":[{\"children\":[]}]},{\"children\":[]}]}");
    }

    @Test
    void readsTypesOfOtherSchemas() {
        CompiledSchema schema = schema(
                "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"x\",\"fields\":[{\"name\":\"v\",\"type\":\"x.E\"}]}",
                new SchemaText.Reference(
                        "x.E", "{\"type\":\"enum\",\"name\":\"E\",\"namespace\":\"x\",\"symbols\":[\"A\",\"B\"]}"));

        assertThat(Framed.tree(schema, new byte[] {2}).toString()).isEqualTo("{\"v\":\"B\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"string\" | feffffff0f", // 2^31-1 bytes announced
                "\"string\" | feffffffffffffffff01",
                "\"string\" | 01",
                "\"string\" | 02ff",
                "\"string\" | 04c328",
                "\"bytes\" | feffffff0f00",
                "\"int\" | 8080808010",
                "\"long\" | ffffffffffffffffffff01",
                "\"long\" | 80",
                "\"int\" | 0202",
                "\"boolean\" | 02",
                "\"double\" | 00000000000000",
                "[\"null\",\"int\"] | 04",
                "[\"null\",\"int\"] | 01",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]} | 02",
                "{\"type\":\"array\",\"items\":\"null\"} | feffffffffffffffff01",
                "{\"type\":\"array\",\"items\":\"null\"} | ffffffffffffffffff01", // -2^63
                "{\"type\":\"array\",\"items\":\"int\"} | feffffffffffffffff01",
                "{\"type\":\"map\",\"values\":\"null\"} | 04026102610000",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":2} | 00",
                "{\"type\":\"int\",\"logicalType\":\"time-millis\"} | 01",
                "{\"type\":\"int\",\"logicalType\":\"time-millis\"} | 80b8994d0000",
            })
    void refusesWhatIsNotASchemasValue(String schema, String hex) {
        assertThat(Framed.refusal(schema(schema), HexFormat.of().parseHex(hex)))
                .startsWith("the value does not match Avro schema 7: ");
    }

    @Test
    void refusesMoreDigitsThanANumberMayHave() {
        String schema = "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":2}";

        assertThat(Framed.refusal(schema(schema), write(schema, ByteBuffer.wrap(new byte[417]))))
                .contains("decimal");
        assertThat(Framed.unusable(SchemaType.AVRO, schema.replace("4", "4000").replace(":2}", ":2000}")))
                .contains("decimal");
    }

    @Test
    void boundsDepth() {
        byte[] deep = new byte[10_000];
        Arrays.fill(deep, (byte) 2);

        assertThat(Framed.refusal(schema(TREE), deep)).contains("levels");
    }

    @Test
    void boundsRecordsThatGrowFromNothing() {
        StringBuilder types = new StringBuilder("\"null\"");
        for (int i = 0; i < 100; i++) {
            types.insert(0, "{\"type\":\"record\",\"name\":\"R%d\",\"fields\":[{\"name\":\"a\",\"type\":".formatted(i))
                    .append("},{\"name\":\"b\",\"type\":\"%s\"}]}".formatted(i == 0 ? "null" : "R" + (i - 1)));
        }

        assertThat(Framed.refusal(schema(types.toString()), new byte[0])).contains("more than 250000 values");
    }

    @Test
    void explainsASchemaThatCannotBeUsed() {
        assertThat(Framed.unusable(SchemaType.AVRO, "{\"type\":\"record\"}")).startsWith("it is not valid Avro: ");
        assertThat(Framed.unusable(SchemaType.AVRO, "{")).startsWith("it is not valid Avro: ");
        assertThat(Framed.unusable(SchemaType.AVRO, "\"x.Unknown\"")).startsWith("it is not valid Avro: ");
        assertThat(Framed.unusable(
                        SchemaType.AVRO,
                        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":\"x.Unknown\"}]}"))
                .startsWith("it is not valid Avro: ");
        assertThat(Framed.unusable(
                        SchemaType.AVRO, "{\"type\":\"array\",\"items\":".repeat(20_000) + "1" + "}".repeat(20_000)))
                .isNotEmpty();
    }

    @Test
    void survivesAnyBytes() {
        String schema = """
                {"type":"record","name":"N","fields":[
                  {"name":"m","type":{"type":"map","values":["null","long","string","N",{"type":"array","items":"N"}]}},
                  {"name":"t","type":{"type":"long","logicalType":"timestamp-nanos"}},
                  {"name":"l","type":{"type":"long","logicalType":"local-timestamp-millis"}},
                  {"name":"d","type":{"type":"int","logicalType":"date"}}]}""";
        CompiledSchema compiled = schema(schema);
        Seeds.each(20, random -> {
            for (int i = 0; i < 2_000; i++) {
                byte[] bytes = new byte[random.nextInt(60)];
                random.nextBytes(bytes);
                compiled.decode(Framed.value(bytes));
            }
        });
    }
}

package io.iotdarelay.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import io.iotdarelay.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtobufSchemaTest {

    private static final String ALL = """
            syntax = "proto3";
            package x;
            import "google/protobuf/timestamp.proto";
            import "google/protobuf/duration.proto";
            import "google/protobuf/struct.proto";
            import "google/protobuf/wrappers.proto";
            import "nobody/knows/options.proto";
            option java_package = "y";
            message All {
              option (nobody.knows) = true;
              bool b = 1; int32 i = 2; sint64 l = 3; uint32 u = 4; fixed64 x = 5; float f = 6; double d = 7;
              string s = 8 [json_name = "other"]; bytes y = 9; Color e = 10; optional double o = 11;
              repeated int32 a = 12; map<string, Part> m = 13; Part p = 14;
              oneof choice { string text = 15; int64 number = 16; }
              google.protobuf.Timestamp ts = 17; google.protobuf.Duration took = 18; google.protobuf.Struct st = 19;
              google.protobuf.DoubleValue w = 20; map<bool, int32> flags = 21;
              message Part { int32 n = 1; .x.All.Part.Deeper deeper = 2; message Deeper { string s = 1; } }
              enum Color { RED = 0; GREEN = 1; }
              reserved 100 to 200;
            }
            message Other { string only = 1; }
            service Nothing { rpc Call (All) returns (Other); }
            """;

    private static CompiledSchema schema(String text, SchemaText.Reference... references) {
        return Framed.schema(SchemaType.PROTOBUF, text, references);
    }

    /** Values are written by the library, from its text form. */
    private static byte[] write(CompiledSchema schema, int message, String text) {
        Descriptor type = ((ProtobufSchema) schema).file().getMessageTypes().get(message);
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        try {
            TextFormat.merge(text, builder);
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(e);
        }
        return builder.build().toByteArray();
    }

    private static String read(String text) {
        CompiledSchema schema = schema(ALL);
        return Framed.tree(schema, write(schema, 0, text), 0).toString();
    }

    @Test
    void readsEveryType() {
        assertThat(read("""
                b: true i: -1 l: -9223372036854775808 u: 4294967295 x: 18446744073709551615 f: 21.1 d: 0.1 s: "ü" y: "\\377"
                e: GREEN o: 0 a: 1 a: 2 m { key: "k" value { n: 1 deeper { s: "t" } } } p {} number: 0
                ts { seconds: 1767261600 nanos: 5 } took { seconds: -1 nanos: -500000000 } w { value: 2.5 }
                st { fields { key: "z" value { list_value { values { null_value: NULL_VALUE } values { bool_value: true } } } } }
                flags { key: true value: 3 }""")).isEqualTo("""
                {"b":true,"i":-1,"l":-9223372036854775808,"u":4294967295,"x":18446744073709551615,"f":21.1,"d":0.1,"s":"ü",\
                "y":"/w==","e":"GREEN","o":0.0,"a":[1,2],"m":{"k":{"n":1,"deeper":{"s":"t"}}},"p":{"n":0},\
                "ts":"2026-01-01T10:00:00.000000005Z","took":-1.5,"st":{"z":[null,true]},"w":2.5,"flags":{"true":3},\
                "number":0}""");
    }

    @Test
    void givesFieldsThatCannotBeLeftOutTheirDefaults() {
        assertThat(read("")).isEqualTo("""
                {"b":false,"i":0,"l":0,"u":0,"x":0,"f":0.0,"d":0.0,"s":"","y":"","e":"RED","a":[],"m":{},"flags":{}}""");
    }

    @Test
    void findsTheMessageThatIsMeant() {
        CompiledSchema schema = schema(ALL);

        assertThat(Framed.tree(schema, write(schema, 1, "only: \"o\""), 1)).hasToString("{\"only\":\"o\"}");
        assertThat(Framed.tree(schema, HexFormat.of().parseHex("0805"), 0, 0)).hasToString("{\"n\":5}");
        assertThat(Framed.tree(schema, HexFormat.of().parseHex("0a0161"), 0, 0, 0))
                .hasToString("{\"s\":\"a\"}");
        assertThat(Framed.refusal(schema, new byte[0], 2)).contains("no message [2]");
        assertThat(Framed.refusal(schema, new byte[0], 0, 1))
                .as("an entry of a map")
                .contains("no message [0, 1]");
        assertThat(Framed.refusal(schema, new byte[0], 0, 0, 0, 0)).contains("no message");
    }

    @Test
    void showsTheNumberOfASymbolThatTheSchemaLacks() {
        assertThat(Framed.tree(schema(ALL), HexFormat.of().parseHex("5007"), 0).path("e"))
                .hasToString("7");
    }

    @Test
    void ignoresFieldsThatTheSchemaLacks() {
        assertThat(Framed.tree(
                        schema("syntax=\"proto3\"; message M {}"),
                        HexFormat.of().parseHex("a006010a0161"),
                        0))
                .hasToString("{}");
    }

    @Test
    void readsProto2() {
        CompiledSchema schema = schema("""
                message M {
                  required string id = 1;
                  optional int32 n = 2 [default = 5];
                  repeated group Item = 3 { optional int32 v = 1; }
                  repeated int32 packed = 4 [packed = true];
                  optional E e = 5;
                  enum E { A = 1; B = 1; option allow_alias = true; }
                  oneof z { int32 q = 6; }
                  extensions 100 to max;
                }
                extend M { optional int32 more = 100; }
                """);

        assertThat(Framed.tree(schema, write(schema, 0, "id: \"i\" Item { v: 1 } Item {} packed: [1, 2]"), 0))
                .hasToString("{\"id\":\"i\",\"packed\":[1,2],\"item\":[{\"v\":1},{}]}");
        assertThat(Framed.refusal(schema, new byte[0], 0))
                .as("a required field is missing")
                .contains("id");
    }

    @Test
    void readsMessagesOfOtherFiles() {
        CompiledSchema schema = schema(
                "syntax=\"proto3\"; package y; import \"mid.proto\"; message M { x.Base b = 1; }",
                new SchemaText.Reference("base.proto", "syntax=\"proto3\"; package x; message Base { int32 n = 1; }"),
                new SchemaText.Reference("mid.proto", "syntax=\"proto3\"; import public \"base.proto\";"));

        assertThat(Framed.tree(schema, HexFormat.of().parseHex("0a020805"), 0)).hasToString("{\"b\":{\"n\":5}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0a", "0aff", "0affffffff0f", "08", "07", "00", "42 02 c3 28", "0b", "1d0000"})
    void refusesWhatIsNoMessage(String hex) {
        assertThat(Framed.refusal(schema(ALL), HexFormat.of().parseHex(hex.replace(" ", "")), 0))
                .startsWith("the value does not match Protobuf schema 7: ");
    }

    @Test
    void boundsDepth() throws IOException {
        CompiledSchema schema = schema("syntax=\"proto3\"; message M { M m = 1; }");
        byte[] message = new byte[0];
        for (int i = 0; i < 5_000; i++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            CodedOutputStream coded = CodedOutputStream.newInstance(out);
            coded.writeByteArray(1, message);
            coded.flush();
            message = out.toByteArray();
        }

        assertThat(Framed.refusal(schema, message, 0)).contains("nest");
    }

    @Test
    void boundsWhatDefaultsMakeOfLittle() {
        StringBuilder wide = new StringBuilder("syntax=\"proto3\"; message M { repeated W w = 1; } message W {");
        for (int i = 1; i <= 300; i++) {
            wide.append("int32 f").append(i).append('=').append(i).append(';');
        }
        byte[] many = new byte[20_000];
        for (int i = 0; i < many.length; i += 2) {
            many[i] = 0x0a;
        }

        assertThat(Framed.refusal(schema(wide.append('}').toString()), many, 0)).contains("more than 250000 values");
    }

    @Test
    void refusesATimestampThatIsNone() {
        CompiledSchema schema = schema(ALL);

        assertThat(Framed.refusal(schema, write(schema, 0, "ts { nanos: -1 }"), 0))
                .contains("Timestamp");
        assertThat(Framed.refusal(schema, write(schema, 0, "ts { seconds: 9223372036854775807 }"), 0))
                .contains("Timestamp");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "syntax=\"proto3\"; message M { Unknown u = 1; }",
                "edition = \"2023\"; message M {}",
                "{\"type\":\"record\"}",
                "message",
                "syntax=\"proto3\"; message M { int32 a = 1; int32 b = 1; }",
                "syntax=\"proto3\"; message M { int32 a = 0; }",
            })
    void explainsASchemaThatCannotBeUsed(String text) {
        assertThat(Framed.unusable(SchemaType.PROTOBUF, text)).startsWith("it is not valid Protobuf: ");
    }

    @Test
    void doesNotOverflowOnDeepSchemas() {
        assertThat(Framed.unusable(SchemaType.PROTOBUF, "message M {".repeat(50_000) + "}".repeat(50_000)))
                .isNotEmpty();
    }

    @Test
    void survivesAnyBytes() {
        CompiledSchema schema = schema(ALL);
        Seeds.each(20, random -> {
            for (int i = 0; i < 2_000; i++) {
                byte[] bytes = new byte[random.nextInt(60)];
                random.nextBytes(bytes);
                schema.decode(Framed.value(bytes, 0));
            }
        });
    }
}

package io.iotdarelay.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import io.iotdarelay.decode.Decoding;
import io.iotdarelay.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What is read directly is what the library would have read. */
class ProtobufReaderTest {

    private static final String TYPES = """
            syntax = "proto3";
            import "google/protobuf/timestamp.proto";
            import "google/protobuf/duration.proto";
            import "google/protobuf/struct.proto";
            import "google/protobuf/wrappers.proto";
            message All {
              bool b = 1; int32 i = 2; sint64 l = 3; uint32 u = 4; fixed64 x = 5; float f = 6; double d = 7;
              string s = 8; bytes y = 9; Color e = 10; optional double o = 11; repeated int32 a = 12 [packed = false];
              map<string, All> m = 13; All p = 14; oneof choice { string text = 15; int64 number = 16; All other = 17; }
              google.protobuf.Timestamp ts = 18; google.protobuf.Duration took = 19; google.protobuf.Struct st = 20;
              google.protobuf.DoubleValue w = 21; map<int32, Color> colors = 22; repeated Color e2 = 23; repeated All all = 24;
              google.protobuf.Value v = 25; repeated string s2 = 126; sfixed32 sf = 127; fixed32 ff = 128; uint64 uu = 5000;
              map<bool, bytes> bytes = 129; google.protobuf.BytesValue bw = 130; google.protobuf.ListValue lv = 131;
              optional Color oc = 132; sint32 si = 133; sfixed64 sl = 134;
            }
            enum Color { RED = 0; GREEN = 1; }
            """;

    private static final String CLOSED = """
            syntax = "proto2";
            message All { optional Color e = 1; repeated Color r = 2; optional All p = 3; optional string s = 4; map<int32, Color> m = 5;
              oneof z { Color q = 6; All t = 7; } repeated float f = 8; }
            enum Color { RED = 1; GREEN = 2; }
            """;

    @Test
    void agreesWithTheLibrary() {
        for (String text : List.of(TYPES, CLOSED)) {
            ProtobufSchema schema = (ProtobufSchema) Framed.schema(SchemaType.PROTOBUF, text);
            ProtobufSchema slow = new ProtobufSchema(schema.file(), schema.trees(), null);
            assertThat(schema.reader()).isNotNull();
            int[] decoded = new int[1];
            Seeds.each(300, random -> {
                for (int i = 0; i < 20; i++) {
                    byte[] bytes = message(schema.file().getMessageTypes().getFirst(), random, 3);
                    if (random.nextInt(4) == 0 && bytes.length > 0) {
                        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                    }
                    Decoding one = schema.decode(Framed.value(bytes, 0));
                    Decoding other = slow.decode(Framed.value(bytes, 0));
                    if (other instanceof Decoding.Decoded) {
                        assertThat(one).isEqualTo(other);
                        decoded[0]++;
                    } else {
                        assertThat(one).isInstanceOf(Decoding.Undecodable.class);
                    }
                }
            });
            assertThat(decoded[0]).isPositive();
        }
    }

    /** Fields in any order, several times, also with the wrong type. */
    private static byte[] message(Descriptor type, RandomGenerator random, int depth) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            List<FieldDescriptor> fields = type.getFields();
            for (int i = random.nextInt(6); i > 0; i--) {
                FieldDescriptor field = fields.get(random.nextInt(fields.size()));
                if (random.nextInt(30) == 0) {
                    out.writeInt64(random.nextInt(1, 200), random.nextLong());
                } else {
                    field(field, out, random, depth);
                }
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void field(FieldDescriptor field, CodedOutputStream out, RandomGenerator random, int depth)
            throws IOException {
        int number = field.getNumber();
        if (field.getType() == FieldDescriptor.Type.MESSAGE) {
            out.writeByteArray(number, depth == 0 ? new byte[0] : message(field.getMessageType(), random, depth - 1));
            return;
        }
        if (field.isPackable() && random.nextBoolean()) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            CodedOutputStream inner = CodedOutputStream.newInstance(packed);
            for (int i = random.nextInt(4); i > 0; i--) {
                scalar(field, inner, random);
            }
            inner.flush();
            out.writeByteArray(number, packed.toByteArray());
            return;
        }
        out.writeTag(number, field.getLiteType().getWireType());
        scalar(field, out, random);
    }

    private static void scalar(FieldDescriptor field, CodedOutputStream out, RandomGenerator random)
            throws IOException {
        switch (field.getLiteType().getWireType()) {
            case WireFormat.WIRETYPE_VARINT ->
                out.writeUInt64NoTag(random.nextBoolean() ? random.nextInt(4) : random.nextLong());
            case WireFormat.WIRETYPE_FIXED32 -> out.writeFixed32NoTag(random.nextInt());
            case WireFormat.WIRETYPE_FIXED64 -> out.writeFixed64NoTag(random.nextLong());
            default -> out.writeStringNoTag(Objects.toString(random.nextInt(100)) + "ü");
        }
    }

    /** Also in proto2, for which the library would put replacement characters in their place. */
    @Test
    void rejectsTextsThatAreNotUtf8() {
        byte[] text = {0x0a, 2, (byte) 0xc3, 0x28};
        for (String schema : List.of(
                "syntax = \"proto2\"; message M { optional string s = 1; }",
                "syntax = \"proto2\"; message M { repeated string s = 1; }",
                "syntax = \"proto2\"; message M { optional string s = 1; required int32 a = 2; }",
                "syntax = \"proto2\"; message M { repeated string s = 1; optional group G = 2 { optional int32 a = 3; } }",
                "syntax = \"proto3\"; message M { string s = 1; }")) {
            assertThat(Framed.refusal(Framed.schema(SchemaType.PROTOBUF, schema), text, 0))
                    .contains("UTF-8");
        }
    }

    @Test
    void leavesRequiredFieldsAndGroupsToTheLibrary() {
        for (String text : List.of(
                "message M { required int32 a = 1; }",
                "message M { optional group G = 1 { optional int32 a = 1; } }")) {
            assertThat(((ProtobufSchema) Framed.schema(SchemaType.PROTOBUF, text)).reader())
                    .isNull();
        }
    }
}

package io.iotdarelay.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.telemetry.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FramingTest {

    private static final String GUID = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    private static final String GUID_HEX = GUID.replace("-", "");

    @Test
    void readsAnIdInFrontOfTheValue() {
        Framing.Framed framed = framed("0000000007aabb", SchemaType.AVRO);

        assertThat(framed.schema()).isEqualTo(new SchemaKey.Id(7));
        assertThat(framed.start()).isEqualTo(5);
        assertThat(framed.message()).isEmpty();
    }

    @Test
    void readsAGuidInFrontOfTheValue() {
        Framing.Framed framed = framed("01" + GUID_HEX + "aa", SchemaType.AVRO);

        assertThat(framed.schema()).isEqualTo(new SchemaKey.Guid(UUID.fromString(GUID)));
        assertThat(framed.start()).isEqualTo(17);
    }

    @ParameterizedTest
    @CsvSource({
        "00, '0', 6", // the short form of the first message
        "0200, '0', 7",
        "0202, '1', 7",
        "040204, '1,2', 8",
        "029601, '75', 8",
    })
    void readsThePathToAProtobufMessage(String indexes, String path, int start) {
        Framing.Framed framed = framed("0000000007" + indexes + "aabb", SchemaType.PROTOBUF);

        assertThat(framed.message()).extracting(Object::toString).containsExactly(path.split(","));
        assertThat(framed.start()).isEqualTo(start);
    }

    @Test
    void readsTheHeaderAndLeavesTheValueAlone() {
        byte[] value = bytes("0000000009aa");
        Framing.Framed framed = (Framing.Framed) Framing.of(
                Framed.record(
                        value,
                        new RecordHeader(Framing.HEADER, bytes("0000000001")),
                        new RecordHeader(Framing.HEADER, bytes("01" + GUID_HEX + "0202"))),
                SchemaType.PROTOBUF);

        assertThat(framed.schema()).as("the last one counts").isEqualTo(new SchemaKey.Guid(UUID.fromString(GUID)));
        assertThat(framed.message()).containsExactly(1);
        assertThat(framed.start()).isZero();
    }

    @Test
    void looksIntoTheValueIfTheHeaderIsNull() {
        Framing framing = Framing.of(
                Framed.record(bytes("0000000009aa"), new RecordHeader(Framing.HEADER, null)), SchemaType.AVRO);

        assertThat(framing).isInstanceOf(Framing.Framed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7b7d", "0000", "00000000", "01", "01aabb", "ff00000001"})
    void refusesWhatNamesNoSchema(String hex) {
        assertThat(Framing.of(Framed.record(bytes(hex)), SchemaType.AVRO)).isInstanceOf(Framing.Unframed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "02", "01", "0201", "feffffff0f", "ffffffffffff", "ca0100", "02ffffffffff7f"})
    void refusesAPathThatIsNone(String hex) {
        assertThat(Framing.of(Framed.record(bytes("0000000007" + hex)), SchemaType.PROTOBUF))
                .isInstanceOf(Framing.Unframed.class);
    }

    @Test
    void readsJsonBehindTheIdWithoutItsSchema() {
        byte[] json = "{\"a\":1.50}".getBytes(StandardCharsets.UTF_8);
        byte[] value = new byte[5 + json.length];
        System.arraycopy(json, 0, value, 5, json.length);
        JsonSchemaDecoder decoder = new JsonSchemaDecoder();

        assertThat(((Decoding.Decoded) decoder.decode(Framed.record(value))).tree())
                .hasToString("{\"a\":1.50}");
        assertThat(((Decoding.Decoded) decoder.decode(
                                Framed.record(json, new RecordHeader(Framing.HEADER, bytes("0000000001")))))
                        .tree())
                .hasToString("{\"a\":1.50}");
        assertThat(decoder.decode(Framed.record(json))).isInstanceOf(Decoding.Undecodable.class);
        assertThat(decoder.decode(Framed.record(bytes("00000000077b")))).isInstanceOf(Decoding.Undecodable.class);
    }

    private static Framing.Framed framed(String hex, SchemaType type) {
        Framing framing = Framing.of(Framed.record(bytes(hex)), type);
        assertThat(framing).isInstanceOf(Framing.Framed.class);
        return (Framing.Framed) framing;
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}

package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.TestTelemetry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordDecodersTest {

    private final RecordDecoders decoders = RecordDecoders.standard();

    @Test
    void makesOneDecoderForEqualEncodings() {
        assertThat(decoders.of(Encoding.of(Format.JSON))).isSameAs(decoders.of(Encoding.of(Format.JSON)));
    }

    @Test
    void decodesARecord() {
        assertThat(decoders.of(Encoding.of(Format.JSON)).decode(TestTelemetry.record(1, "key", "{\"a\":1}")))
                .isInstanceOfSatisfying(
                        Decoding.Decoded.class,
                        decoded -> assertThat(decoded.tree()).hasToString("{\"a\":1}"));
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void rejectsNoValueInAnyFormat(Format format) {
        Encoding encoding = new Encoding(
                format, Compression.NONE, Encoding.DEFAULT_MAX_SIZE, new Encoding.Csv(List.of("a"), ',', '"'));

        assertThat(decoders.of(encoding).decode(TestTelemetry.record(1, "key", null)))
                .isEqualTo(new Decoding.Undecodable("the value is empty"));
        assertThat(decoders.of(encoding).decode(TestTelemetry.record(1, "key", "")))
                .isEqualTo(new Decoding.Undecodable("the value is empty"));
    }

    @Test
    void rejectsARecordWithoutAValue() {
        assertThat(decoders.of(Encoding.of(Format.JSON)).decode(TestTelemetry.record(1, "key", null)))
                .isEqualTo(new Decoding.Undecodable("the value is empty"));
    }
}

package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.TestTelemetry;
import org.junit.jupiter.api.Test;

class RecordDecodersTest {

    private final RecordDecoders decoders = RecordDecoders.standard();

    @Test
    void makesOneDecoderForEqualEncodings() {
        assertThat(decoders.of(new Encoding(Format.JSON))).isSameAs(decoders.of(new Encoding(Format.JSON)));
    }

    @Test
    void decodesARecord() {
        assertThat(decoders.of(new Encoding(Format.JSON)).decode(TestTelemetry.record(1, "key", "{\"a\":1}")))
                .isInstanceOfSatisfying(
                        Decoding.Decoded.class,
                        decoded -> assertThat(decoded.tree()).hasToString("{\"a\":1}"));
    }

    @Test
    void rejectsARecordWithoutAValue() {
        assertThat(decoders.of(new Encoding(Format.JSON)).decode(TestTelemetry.record(1, "key", null)))
                .isEqualTo(new Decoding.Undecodable("the value is empty"));
    }
}

package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.testing.TestTelemetry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordDecodersTest {

    private final RecordDecoders decoders = RecordDecoders.standard();

    @Test
    void leavesFormatsWithSchemasToOthers() {
        Encoding avro = Encoding.of(Format.AVRO);
        RecordDecoder other = record -> new Decoding.Awaiting("the schema");

        assertThat(RecordDecoders.standard(encoding -> other).of(avro)).isSameAs(other);
        assertThatThrownBy(() -> RecordDecoders.standard().of(avro)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Readers(avro).of(Format.AVRO)).isInstanceOf(IllegalArgumentException.class);
    }

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
    @EnumSource(
            value = Format.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"AVRO", "PROTOBUF", "JSON_SCHEMA"})
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

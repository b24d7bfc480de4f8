package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.mapping.RouteYaml;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.platform.SizeLimit;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.MapDirectory;
import io.iotdarelay.testing.TestTelemetry;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class PreviewTest {

    private static final String MESSAGE = "to: message\ndevice-id: /d\n";
    private static final String CHILD =
            "to: gateway\ndevice-id: /d\nservices: [{ id: S, properties: { n: { from: /n } } }]\n";
    private static final String EACH =
            "to: properties\ndevice-id: /d\neach: /a\nservices: [{ id: S, properties: { n: ./n } }]\n";
    private static final String DEVICE = "{\"d\":\"device\",\"n\":1}";

    private final Optional<MapDirectory> directory = Optional.of(new MapDirectory());

    @Test
    void tellsWhyARecordIsSkipped() {
        assertThat(skipped(null, MESSAGE)).isEqualTo("the record has no value");
        assertThat(skipped(DEVICE, MESSAGE + "when: { /b: 1 }\n")).isEqualTo("no route takes it");
        assertThat(skipped("{\"d\":\"device\",\"a\":[]}", EACH)).isEqualTo("there is nothing to report");
    }

    @Test
    void tellsWhatARecordWaitsFor() {
        Preview preview = preview(
                Optional.empty(), RecordDecoders.standard(encoding -> record -> new Decoding.Awaiting("schema 1")));

        assertThat(preview.of(RouteYaml.sharing("format: avro\n" + MESSAGE), TestTelemetry.record(1, "key", DEVICE)))
                .isEqualTo(new Preview.Outcome.Postponed("schema 1"));
    }

    @Test
    void rejectsARecordWithoutARoute() {
        Preview.Outcome.Mapped mapped =
                (Preview.Outcome.Mapped) preview(directory).of(List.of(), TestTelemetry.record(1, "key", DEVICE));

        assertThat(mapped.reports()).isEmpty();
        assertThat(mapped.rejection())
                .hasValueSatisfying(rejection -> assertThat(rejection.detail()).isEqualTo("no route reads this topic"));
    }

    @Test
    void knowsEveryDeviceWithoutADirectory() {
        Preview.Outcome.Mapped mapped = mapped(Optional.empty(), DEVICE, MESSAGE);

        assertThat(mapped.reports()).extracting(Report::sender).containsExactly(device("device"));
        assertThat(mapped.rejection()).isEmpty();
    }

    @Test
    void cannotFindAGatewayWithoutADirectory() {
        Preview.Outcome.Mapped mapped = mapped(Optional.empty(), DEVICE, CHILD);

        assertThat(mapped.reports()).isEmpty();
        assertThat(reason(mapped)).isEqualTo(RejectionReason.UNKNOWN_DEVICE);
    }

    @Test
    void asksTheDirectoryForDeviceGatewayAndName() {
        directory.orElseThrow().with("gateway", "secret").withChild("device", "gateway");
        directory.orElseThrow().with("meter-1", "secret", "sn-1");

        Preview.Outcome.Mapped child = mapped(directory, DEVICE, CHILD);
        assertThat(child.reports()).extracting(Report::sender).containsExactly(device("gateway"));
        assertThat(child.reports()).extracting(Report::device).containsExactly(device("device"));
        assertThat(child.rejection()).isEmpty();
        assertThat(mapped(directory, "{\"d\":\"sn-1\"}", MESSAGE).reports())
                .extracting(Report::sender)
                .containsExactly(device("meter-1"));
    }

    @Test
    void showsTheReportOfAnUnknownDeviceAndRejectsIt() {
        Preview.Outcome.Mapped mapped = mapped(directory, DEVICE, MESSAGE);

        assertThat(mapped.reports()).extracting(Report::sender).containsExactly(device("device"));
        assertThat(mapped.rejection()).hasValueSatisfying(rejection -> {
            assertThat(rejection.detail()).isEqualTo("the directory does not know the device, or its gateway: device");
            assertThat(rejection.device()).isEqualTo(device("device"));
        });
    }

    @Test
    void rejectsForTheFirstPartThatIsNotDelivered() {
        directory.orElseThrow().with("device", "secret");
        String value = "{\"d\":\"device\",\"a\":[{\"n\":1},{\"m\":2},{\"n\":3}]}";

        Preview.Outcome.Mapped parts = mapped(directory, value, EACH);
        assertThat(parts.reports()).hasSize(2);
        assertThat(text(parts.reports().getLast().json())).contains("\"n\":3");
        assertThat(reason(parts)).isEqualTo(RejectionReason.UNMAPPABLE);
        assertThat(mapped(directory, value, EACH + "whole: true\n").reports()).isEmpty();
        assertThat(reason(mapped(Optional.of(new MapDirectory()), value, EACH)))
                .isEqualTo(RejectionReason.UNKNOWN_DEVICE);
    }

    @Test
    void rejectsWhatTheRouteMayNotSpeakFor() {
        directory.orElseThrow().with("device", "secret").inGroup("b", "device");
        String prefix = MESSAGE + "devices.prefix: meter-\n";
        String group = MESSAGE + "devices.group: a\n";

        assertThat(reason(mapped(directory, DEVICE, prefix))).isEqualTo(RejectionReason.NOT_PERMITTED);
        assertThat(mapped(directory, DEVICE, group).reports()).isEmpty();
        assertThat(reason(mapped(directory, DEVICE, group))).isEqualTo(RejectionReason.NOT_PERMITTED);
        assertThat(reason(mapped(Optional.empty(), DEVICE, prefix))).isEqualTo(RejectionReason.NOT_PERMITTED);
        assertThat(mapped(Optional.empty(), DEVICE, group).rejection()).isEmpty();
        assertThat(reason(mapped(Optional.of(new MapDirectory()), DEVICE, prefix)))
                .isEqualTo(RejectionReason.UNKNOWN_DEVICE);
    }

    @Test
    void missesAChildWhoseGroupCounts() {
        directory.orElseThrow().with("gateway", "secret").inGroup("a", "gateway");
        Preview.Outcome.Mapped mapped =
                mapped(directory, DEVICE, CHILD + "gateway-id: { value: gateway }\ndevices.group: a\n");

        assertThat(mapped.reports()).hasSize(1);
        assertThat(reason(mapped)).isEqualTo(RejectionReason.UNKNOWN_DEVICE);
    }

    private static RejectionReason reason(Preview.Outcome.Mapped mapped) {
        return mapped.rejection().orElseThrow().reason();
    }

    private String skipped(@Nullable String value, String route) {
        return ((Preview.Outcome.Skipped) of(directory, value, route)).why();
    }

    private static Preview.Outcome.Mapped mapped(
            Optional<? extends DeviceDirectory> directory, String value, String route) {
        return (Preview.Outcome.Mapped) of(directory, value, route);
    }

    private static Preview.Outcome of(
            Optional<? extends DeviceDirectory> directory, @Nullable String value, String route) {
        return preview(directory).of(RouteYaml.sharing(route), TestTelemetry.record(1, "key", value));
    }

    private static Preview preview(Optional<? extends DeviceDirectory> directory) {
        return preview(directory, RecordDecoders.standard());
    }

    private static Preview preview(Optional<? extends DeviceDirectory> directory, RecordDecoders decoders) {
        return new Preview(
                decoders,
                directory,
                ModelCheck.none(),
                new SizeLimit(1_000_000, 256),
                new RecordsProperties(RecordsProperties.Unmatched.SKIP, 1000, DataSize.ofMegabytes(4)));
    }
}

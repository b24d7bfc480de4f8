package io.iotdarelay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.delivery.DefectLog;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteYaml;
import io.iotdarelay.mapping.Work;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.platform.SizeLimit;
import io.iotdarelay.settle.FailedParts;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.MapDirectory;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.tracing.Tracing;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.springframework.util.unit.DataSize;

class AdmissionTest {

    private static final String EACH = "to: message\ndevice-id: key\neach: /a\n";
    private static final String PROPERTIES =
            "to: properties\ndevice-id: key\neach: /a\nservices: [{ id: S, properties: { n: ./n } }]\n";

    private static final String ANY = "when: { value: { is: object } }\n";

    private final MapDirectory directory = new MapDirectory();
    private final Admission admission = admission(RecordsProperties.Unmatched.SKIP);

    @ParameterizedTest
    @NullAndEmptySource
    void skipsARecordWithoutAValueOrWithOneOfZeroBytes(@Nullable String value) {
        assertThat(admit(value)).isInstanceOf(Admission.Admitted.Skipped.class);
    }

    @Test
    void postponesARecordWhoseSchemaTheRegistryDoesNotSay() {
        Admission waiting = admission(
                encoding -> given -> new Decoding.Awaiting("the registry does not answer"),
                RecordsProperties.Unmatched.SKIP);

        assertThat(waiting.admit(RouteYaml.sharing(EACH), TestTelemetry.record(1, "device", "{}")))
                .isEqualTo(new Admission.Admitted.Postponed("the registry does not answer"));
    }

    @Test
    void rejectsAValueOfBlanksAlone() {
        assertThat(admit(" \n")).isInstanceOf(Admission.Admitted.Rejected.class);
    }

    @Test
    void refusesARecordThatBecomesTooManyReports() {
        assertThat(rejected("{\"a\":[" + "1,".repeat(1000) + "1]}", EACH).detail())
                .isEqualTo("the record would become more than 1000 reports (relay.records.max-reports)");
        assertThat(pieces("{\"a\":[" + "1,".repeat(999) + "1]}", EACH)).hasSize(1000);
        assertThat(rejected("{\"a\":[" + "1,".repeat(499) + "1]}", EACH, EACH + ANY, EACH + ANY)
                        .reason())
                .isEqualTo(RejectionReason.TOO_LARGE);
    }

    @Test
    void refusesARecordWhoseReportsAreTooLargeTogether() {
        String route = EACH + "message: { name: /b }\n";
        String value = "{\"b\":\"" + "x".repeat(50_000) + "\",\"a\":[" + "1,".repeat(99) + "1]}";

        assertThat(rejected(value, route).detail())
                .isEqualTo(
                        "the reports of the record would have more than 4194304 bytes (relay.records.max-reports-size)");
    }

    @Test
    void refusesAReportThatBecomesLargerThanAnyRequest() {
        String names =
                IntStream.range(0, 50).mapToObj(i -> "{\"n\":\"p" + i + "\"}").collect(Collectors.joining(","));
        String value = "{\"l\":[" + names + "],\"t\":\"" + "x".repeat(900_000) + "\"}";
        String route = """
                to: properties
                device-id: key
                services: [{ id: S, properties: { '*': { each: /l, name: ./n, from: /t } } }]
                """;

        assertThat(pieces(value, route))
                .singleElement()
                .isInstanceOfSatisfying(
                        Piece.Refused.class,
                        refused -> assertThat(refused.rejection())
                                .isEqualTo(Rejection.of(
                                                RejectionReason.TOO_LARGE,
                                                RejectionReason.TOO_LARGE.meaning() + ", 1000000 bytes")
                                        .about(TestTelemetry.device("device"))));
    }

    @Test
    void refusesThePartsAlone() {
        assertThat(pieces("{\"a\":[{\"n\":1},{},{\"n\":3}]}", PROPERTIES))
                .satisfiesExactly(
                        first -> assertThat(first).isInstanceOf(Piece.Accepted.class),
                        second -> assertThat(second).isInstanceOf(Piece.Refused.class),
                        third -> assertThat(third).isInstanceOf(Piece.Accepted.class));
    }

    @Test
    void keepsNoLongNameForEachElementBelowIt() {
        String name = "x".repeat(5000);
        String route = "to: message\ndevice-id: key\neach: [/a, .]\n";

        assertThat(pieces("{\"a\":{\"" + name + "\":[1,2]}}", route))
                .extracting(piece -> piece.id().path())
                .containsExactly("/a/" + name.substring(0, 197) + ".../0", "/a/" + name.substring(0, 197) + ".../1");
    }

    @Test
    void refusesAllWhereARecordMustStayWhole() {
        Admission.Admitted.Rejected rejected =
                (Admission.Admitted.Rejected) admit("{\"a\":[{\"n\":1},{},{}]}", PROPERTIES + "whole: true\n");

        FailedParts parts = Objects.requireNonNull(rejected.parts());
        assertThat(parts.route()).isEqualTo("r0");
        assertThat(parts.failed())
                .isEqualTo("r0 /a/1 device: unmappable, S.n: ./n finds nothing; r0 /a/2 device: unmappable, S.n: ./n"
                        + " finds nothing");
        assertThat(parts.delivered()).isEmpty();
    }

    /** Whatever else is wrong with it, and without a look at the product's model. */
    @Test
    void refusesWhatTheRouteMayNotSpeakForBeforeAnythingElse() {
        directory.with("a-1", "secret").with("b-1", "secret").with("b-2", "secret", "a-2");
        String route = """
                to: properties
                device-id: ./d
                each: /a
                devices.prefix: a-
                services: [{ id: S, properties: { n: ./n } }]
                """;
        String value = """
                {"a":[{"d":"a-1","n":1},{"d":"b-1","n":2},{"d":"b-1"},{"d":"a-2","n":3},{"d":"b-new","n":4},{"d":"a-1"}]}
                """;

        assertThat(pieces(value, route))
                .extracting(AdmissionTest::fate)
                .containsExactly(
                        "a-1",
                        "not-permitted b-1",
                        "not-permitted b-1",
                        "not-permitted b-2",
                        "b-new",
                        "unmappable a-1");
        assertThat(admit(value, route + "whole: true\n"))
                .isInstanceOfSatisfying(
                        Admission.Admitted.Rejected.class,
                        rejected -> assertThat(rejected.rejection().reason()).isEqualTo(RejectionReason.NOT_PERMITTED));
    }

    @Test
    void refusesAGatewayForWhichTheRouteMayNotSpeak() {
        directory.with("a-gateway", "secret").with("b-gateway", "secret").withChild("a-child", "a-gateway");
        String route = """
                to: gateway
                device-id: /d
                gateway-id: /g
                devices.prefix: a-
                services: [{ id: S, properties: { n: /n } }]
                """;

        assertThat(pieces("{\"d\":\"a-child\",\"g\":\"b-gateway\",\"n\":1}", route))
                .extracting(AdmissionTest::fate)
                .containsExactly("not-permitted a-child");
        assertThat(pieces("{\"d\":\"a-child\",\"g\":\"a-gateway\",\"n\":1}", route))
                .extracting(AdmissionTest::fate)
                .containsExactly("a-child");
    }

    private static String fate(Piece piece) {
        return switch (piece) {
            case Piece.Accepted accepted -> accepted.report().about().value();
            case Piece.Refused refused ->
                refused.rejection().reason().code() + " " + refused.rejection().device();
        };
    }

    @Test
    void leavesOutWhatWasDeliveredBefore() {
        SourceRecord redriven = TestTelemetry.record(
                1, "device", "{\"a\":[1,2,3]}", TestTelemetry.header("iotda-relay-delivered-parts", "r0(/a)/3 0,2"));
        List<Route> routes = RouteYaml.sharing(EACH);

        assertThat(((Admission.Admitted.Accepted) admission.admit(routes, redriven)).pieces())
                .extracting(piece -> piece.id().path())
                .containsExactly("/a/1");
    }

    @Test
    void keepsOfAForgedListOnlyPartsThatThereAre() {
        SourceRecord forged = TestTelemetry.record(
                1, "device", "{\"a\":[1,2,3]}", TestTelemetry.header("iotda-relay-delivered-parts", "r0(/a)/3 1-9999"));
        List<Route> routes = RouteYaml.sharing(EACH);

        assertThat(((Admission.Admitted.Accepted) admission.admit(routes, forged)).before())
                .hasToString("r0(/a)/3 1-2");
    }

    @Test
    void refusesARecordThatTakesTooMuchWork() {
        String value = "{\"a\":[" + "1,".repeat(99) + "1],\"t\":\"" + "x".repeat(900_000) + "\"}";
        String route =
                "to: message\neach: /a\ndevice-id: key\nmessage: { name: { from: /t, pattern: 'x(y)?$', default: n } }\n";

        Admission.Admitted.Rejected rejected = (Admission.Admitted.Rejected) admit(value, route);

        assertThat(rejected.rejection().reason()).isEqualTo(RejectionReason.TOO_LARGE);
        assertThat(rejected.rejection().detail()).isEqualTo(Work.TOO_MUCH);
        assertThat(rejected.parts()).isNull();
    }

    @Test
    void refusesARecordOfManyReportsThatAreTooLarge() {
        String value = "{\"a\":[" + "1,".repeat(99) + "1],\"t\":\"" + "x".repeat(1_100_000) + "\"}";

        Admission.Admitted.Rejected rejected = (Admission.Admitted.Rejected)
                admit(value, "to: message\neach: /a\ndevice-id: key\nmessage: { content: value }\n");

        assertThat(rejected.rejection().detail()).isEqualTo(Work.TOO_MUCH);
    }

    @Test
    void sendsAllOfARecordWhoseArraysHaveAnotherLengthThanBefore() {
        String route = "to: message\neach: [/g, ./r]\ndevice-id: key\n";
        SourceRecord broken = TestTelemetry.record(1, "device", "{\"g\":[{\"r\":null},{\"r\":[1,2,3]},{\"r\":null}]}");
        List<Route> routes = RouteYaml.sharing(route);
        DeliveredParts delivered = new DeliveredParts();
        for (Piece piece : ((Admission.Admitted.Accepted) admission.admit(routes, broken)).pieces()) {
            if (piece instanceof Piece.Accepted) {
                delivered.add(piece.id());
            }
        }

        assertThat(pathsOf(routes, "{\"g\":[{\"r\":[8,9]},{\"r\":[1,2,3]},{\"r\":[]}]}", delivered))
                .containsExactly("/g/0/r/0", "/g/0/r/1", "/g/1/r/0", "/g/1/r/1", "/g/1/r/2");
        assertThat(pathsOf(routes, "{\"g\":[{\"r\":[8]},{\"r\":[1,2,3]},{\"r\":[9]}]}", delivered))
                .containsExactly("/g/0/r/0", "/g/2/r/0");
    }

    private List<String> pathsOf(List<Route> routes, String value, DeliveredParts delivered) {
        SourceRecord redriven = TestTelemetry.record(
                1, "device", value, TestTelemetry.header("iotda-relay-delivered-parts", delivered.toString()));
        return ((Admission.Admitted.Accepted) admission.admit(routes, redriven))
                .pieces().stream().map(piece -> piece.id().path()).toList();
    }

    @Test
    void skipsWhatNoRouteTakesAndWhatIsEmpty() {
        assertThat(admit("{\"a\":[]}", EACH)).isInstanceOf(Admission.Admitted.Skipped.class);
        assertThat(admit("{\"a\":[1]}", EACH + "when: { /b: 1 }\n")).isInstanceOf(Admission.Admitted.Skipped.class);
    }

    @Test
    void refusesWhatNoRouteTakesIfConfigured() {
        Admission strict = admission(RecordsProperties.Unmatched.REJECT);
        SourceRecord record = TestTelemetry.record(1, "device", "{\"a\":[]}");

        assertThat(strict.admit(RouteYaml.sharing(EACH + "when: { /b: 1 }\n"), record))
                .isInstanceOfSatisfying(
                        Admission.Admitted.Rejected.class,
                        rejected -> assertThat(rejected.rejection().detail())
                                .isEqualTo("no route takes this record ('when')"));
        assertThat(strict.admit(RouteYaml.sharing(EACH), record)).isInstanceOf(Admission.Admitted.Skipped.class);
    }

    private Rejection rejected(String value, String... yaml) {
        return ((Admission.Admitted.Rejected) admit(value, yaml)).rejection();
    }

    private List<Piece> pieces(String value, String... yaml) {
        return ((Admission.Admitted.Accepted) admit(value, yaml)).pieces();
    }

    private Admission.Admitted admit(String value, String... yaml) {
        return admission.admit(RouteYaml.sharing(yaml), TestTelemetry.record(1, "device", value));
    }

    private Admission.Admitted admit(@Nullable String value) {
        return admission.admit(
                RouteYaml.sharing("to: message\ndevice-id: key"), TestTelemetry.record(1, "device", value));
    }

    private Admission admission(RecordsProperties.Unmatched unmatched) {
        return admission(RecordDecoders.standard(), unmatched);
    }

    private Admission admission(RecordDecoders decoders, RecordsProperties.Unmatched unmatched) {
        return new Admission(
                decoders,
                new NodeNames(directory::named),
                new Permission(directory),
                new ModelGate(ModelCheck.none()),
                new SizeLimit(1_000_000, 256),
                new RecordsProperties(unmatched, 1000, DataSize.ofMegabytes(4)),
                new DefectLog(ManualClock.at("2026-11-01T00:00:00Z")),
                Tracing.OFF);
    }
}

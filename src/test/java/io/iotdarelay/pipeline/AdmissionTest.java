package io.iotdarelay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.JsonRecordDecoder;
import io.iotdarelay.delivery.DefectLog;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteCompiler;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.mapping.RuleProperties;
import io.iotdarelay.platform.SizeLimit;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.tracing.Tracing;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.springframework.util.unit.DataSize;

class AdmissionTest {

    private final Admission admission = new Admission(
            new JsonRecordDecoder(),
            new SizeLimit(1_000_000, 256),
            new RecordsProperties(RecordsProperties.Unmatched.SKIP, 1000, DataSize.ofMegabytes(4)),
            new DefectLog(ManualClock.at("2026-11-01T00:00:00Z")),
            Tracing.OFF);

    @ParameterizedTest
    @NullAndEmptySource
    void skipsARecordWithoutAValueOrWithOneOfZeroBytes(@Nullable String value) {
        assertThat(admit(value)).isInstanceOf(Admission.Admitted.Skipped.class);
    }

    @Test
    void rejectsAValueOfBlanksAlone() {
        assertThat(admit(" \n")).isInstanceOf(Admission.Admitted.Rejected.class);
    }

    private Admission.Admitted admit(@Nullable String value) {
        return admission.admit(List.of(route()), TestTelemetry.record(1, "device", value));
    }

    private static Route route() {
        RouteProperties properties = new RouteProperties(
                "r",
                List.of("topic"),
                null,
                RouteProperties.Format.JSON,
                RouteProperties.Target.MESSAGE,
                RuleProperties.of("key"),
                null,
                List.of(),
                null, null, List.of(), null, null, false);
        return switch (RouteCompiler.compile(List.of(properties), Map.of())) {
            case RouteCompiler.Compilation.Compiled compiled ->
                compiled.routes().of("topic").getFirst();
            case RouteCompiler.Compilation.Wrong wrong -> throw new AssertionError(wrong.problems());
        };
    }
}

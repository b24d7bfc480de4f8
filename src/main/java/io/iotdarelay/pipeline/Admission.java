package io.iotdarelay.pipeline;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.delivery.DefectLog;
import io.iotdarelay.mapping.Draft;
import io.iotdarelay.mapping.Mapping;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.platform.SizeLimit;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.tracing.Tracing;
import org.jspecify.annotations.Nullable;

/** Builds a report from a record: decode, then mapping. A defect in the relay costs one record, not the partition. */
final class Admission {

    private static final int TRIES = 3;

    /** The result of admitting a record. */
    sealed interface Admitted {

        record Accepted(Written report) implements Admitted {}

        record Skipped() implements Admitted {}

        record Rejected(Rejection rejection) implements Admitted {}

        /**
         * It has to be admitted again.
         *
         * @param detail what it waits for
         */
        record Postponed(String detail) implements Admitted {}
    }

    private final RecordDecoders decoders;
    private final SizeLimit limit;
    private final DefectLog defects;
    private final Tracing tracing;

    Admission(RecordDecoders decoders, SizeLimit limit, DefectLog defects, Tracing tracing) {
        this.decoders = decoders;
        this.limit = limit;
        this.defects = defects;
        this.tracing = tracing;
    }

    Admitted admit(Route route, SourceRecord record) {
        RuntimeException defect = new IllegalStateException("never tried");
        for (int i = 0; i < TRIES; i++) {
            try {
                return attempt(route, record);
            } catch (RuntimeException e) {
                defect = e;
            }
        }
        RuntimeException last = defect;
        tracing.onBehalfOf(record, () -> defects.add(record.position(), last));
        return new Admitted.Rejected(Rejection.internalError(defect));
    }

    private Admitted attempt(Route route, SourceRecord record) {
        byte @Nullable [] value = record.value();
        if (value == null || value.length == 0) {
            return new Admitted.Skipped();
        }
        return switch (decoders.of(route.encoding()).decode(record)) {
            case Decoding.Undecodable undecodable ->
                new Admitted.Rejected(Rejection.of(RejectionReason.UNDECODABLE, undecodable.detail()));
            case Decoding.Awaiting awaiting -> new Admitted.Postponed(awaiting.detail());
            case Decoding.Decoded decoded ->
                switch (route.map(record, decoded.tree())) {
                    case Mapping.NotTaken ignored -> new Admitted.Skipped();
                    case Mapping.Reports reports ->
                        admit(reports.parts().getFirst().draft());
                };
        };
    }

    private Admitted admit(Draft draft) {
        return switch (draft) {
            case Draft.Unmappable unmappable -> new Admitted.Rejected(unmappable.rejection());
            case Draft.Reportable reportable -> {
                Written report = Written.of(reportable);
                yield limit.isExceededBy(report.json()) ? tooLarge(report.about()) : new Admitted.Accepted(report);
            }
        };
    }

    private Admitted tooLarge(DeviceId device) {
        String detail = RejectionReason.TOO_LARGE.meaning() + ", " + limit.bytes() + " bytes";
        return new Admitted.Rejected(
                Rejection.of(RejectionReason.TOO_LARGE, detail).about(device));
    }
}

package io.iotdarelay.pipeline;

import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.delivery.DefectLog;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.iotda.RequestBody;
import io.iotdarelay.mapping.Part;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.tracing.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.util.unit.DataSize;

/** What the relay does with a record up to the request, with the default bounds, for tests of other rooms. */
public final class Admissions {

    public static final int MAX_REPORTS = 1000;
    public static final DataSize MAX_REPORTS_SIZE = DataSize.ofMegabytes(4);

    private final Admission admission;

    public Admissions(RecordDecoders decoders, DeviceDirectory directory, ModelCheck models, boolean rejectUnmatched) {
        admission = new Admission(
                decoders,
                new NodeNames(directory::named),
                new Permission(directory),
                new ModelGate(models),
                RequestBody.LIMIT,
                new RecordsProperties(
                        rejectUnmatched ? RecordsProperties.Unmatched.REJECT : RecordsProperties.Unmatched.SKIP,
                        MAX_REPORTS,
                        MAX_REPORTS_SIZE),
                new DefectLog(ManualClock.at("2026-11-01T00:00:00Z")),
                Tracing.OFF);
    }

    /** What became of a record. */
    public sealed interface Outcome {

        /**
         * Some of it is sent, or all.
         *
         * @param before the parts that an earlier attempt delivered, as a dead letter lists them
         */
        record Accepted(List<Made> made, List<Refused> refused, String before) implements Outcome {}

        record Skipped() implements Outcome {}

        /**
         * Nothing is sent.
         *
         * @param failed what the dead letter says about the parts, if there are any
         */
        record Rejected(Rejection rejection, Optional<String> failed) implements Outcome {}

        record Postponed(String detail) implements Outcome {}
    }

    /**
     * A report.
     *
     * @param gatewayWanted whether the directory has to name the gateway: it is {@code gateway} here
     */
    public record Made(Part.Id id, Report report, boolean gatewayWanted) {}

    /** A part of a record of which no report can be made. */
    public record Refused(Part.Id id, Rejection rejection) {}

    /** The routes are those of the record's topic. */
    public Outcome admit(List<Route> routes, SourceRecord record) {
        return switch (admission.admit(routes, record)) {
            case Admission.Admitted.Accepted accepted -> accepted(accepted);
            case Admission.Admitted.Skipped ignored -> new Outcome.Skipped();
            case Admission.Admitted.Postponed postponed -> new Outcome.Postponed(postponed.detail());
            case Admission.Admitted.Rejected rejected ->
                new Outcome.Rejected(
                        rejected.rejection(),
                        rejected.parts() == null
                                ? Optional.empty()
                                : Optional.of(rejected.parts().failed()));
        };
    }

    /** The list that a dead letter would carry after these parts have been delivered. */
    public static String listOf(List<Made> delivered) {
        DeliveredParts parts = new DeliveredParts();
        delivered.forEach(made -> parts.add(made.id()));
        return parts.toString();
    }

    private static Outcome accepted(Admission.Admitted.Accepted accepted) {
        List<Made> made = new ArrayList<>();
        List<Refused> refused = new ArrayList<>();
        for (Piece piece : accepted.pieces()) {
            switch (piece) {
                case Piece.Refused part -> refused.add(new Refused(part.id(), part.rejection()));
                case Piece.Accepted part -> made.add(made(part));
            }
        }
        return new Outcome.Accepted(made, refused, accepted.before().toString());
    }

    private static Made made(Piece.Accepted part) {
        return switch (part.report()) {
            case Written.Ready ready -> new Made(part.id(), ready.report(), false);
            case Written.GatewayWanted wanted ->
                new Made(part.id(), wanted.through(new DeviceId("gateway")).report(), true);
        };
    }
}

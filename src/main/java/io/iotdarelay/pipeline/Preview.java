package io.iotdarelay.pipeline;

import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.delivery.DefectLog;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.platform.SizeLimit;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.tracing.Tracing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What the relay makes of a record, by the code that it runs itself. Sends nothing. Belongs to one thread. */
public final class Preview {

    /** What becomes of a record. */
    public sealed interface Outcome {

        /**
         * There is something to send, or to reject.
         *
         * @param reports those that are sent, also where the directory does not know their device
         * @param rejection why the record becomes a dead letter, if it does
         */
        record Mapped(List<Report> reports, Optional<Rejection> rejection) implements Outcome {}

        /** Nothing is reported, and nothing is wrong. */
        record Skipped(String why) implements Outcome {}

        /**
         * It would be tried again.
         *
         * @param detail what it waits for
         */
        record Postponed(String detail) implements Outcome {}
    }

    private final Admission admission;
    private final Optional<? extends DeviceDirectory> directory;
    private final Permission permission;

    /**
     * A preview.
     *
     * @param directory without it every device counts as known, and as one of the group that its route wants
     * @param limit how large a report may be
     */
    public Preview(
            RecordDecoders decoders,
            Optional<? extends DeviceDirectory> directory,
            ModelCheck models,
            SizeLimit limit,
            RecordsProperties bounds) {
        UnaryOperator<DeviceId> ids =
                directory.<UnaryOperator<DeviceId>>map(known -> known::named).orElse(UnaryOperator.identity());
        this.permission = new Permission(directory);
        this.admission = new Admission(
                decoders,
                new NodeNames(ids),
                permission,
                new ModelGate(models),
                limit,
                bounds,
                new DefectLog(() -> Instant.EPOCH),
                Tracing.OFF);
        this.directory = directory;
    }

    /**
     * Tries a record.
     *
     * @param routes those of its topic
     */
    public Outcome of(List<Route> routes, SourceRecord record) {
        return switch (admission.admit(routes, record)) {
            case Admission.Admitted.Accepted accepted -> addressed(accepted.pieces());
            case Admission.Admitted.Skipped skipped ->
                new Outcome.Skipped(skipped.why().text());
            case Admission.Admitted.Rejected rejected ->
                new Outcome.Mapped(List.of(), Optional.of(rejected.rejection()));
            case Admission.Admitted.Postponed postponed -> new Outcome.Postponed(postponed.detail());
        };
    }

    /** Each part is delivered or not on its own; the first that is not makes the record a dead letter. */
    private Outcome addressed(List<Piece> pieces) {
        List<Report> reports = new ArrayList<>();
        List<Rejection> rejections = new ArrayList<>();
        for (Piece piece : pieces) {
            switch (piece) {
                case Piece.Accepted accepted -> address(accepted, reports, rejections);
                case Piece.Refused refused -> rejections.add(refused.rejection());
            }
        }
        return new Outcome.Mapped(List.copyOf(reports), rejections.stream().findFirst());
    }

    private void address(Piece.Accepted piece, List<Report> reports, List<Rejection> rejections) {
        Written known = directory.<Written>map(piece.report()::in).orElse(piece.report());
        if (!isSendable(known)) {
            rejections.add(known.unknown(known.wanted(), ""));
            if (known instanceof Written.Ready ready) {
                reports.add(ready.report());
            }
        } else if (known instanceof Written.Ready ready) {
            switch (permission.of(piece.permitted(), ready.report())) {
                case Permission.Answer.Permitted ignored -> reports.add(ready.report());
                case Permission.Answer.Refused refused ->
                    rejections.add(Permission.refusal(known.about(), refused.device()));
                case Permission.Answer.Unknown unknown -> {
                    reports.add(ready.report());
                    rejections.add(known.unknown(unknown.device(), ""));
                }
            }
        }
    }

    private boolean isSendable(Written report) {
        return directory.isPresent() ? report.sendableBy(directory.get()).isPresent() : report instanceof Written.Ready;
    }
}

package io.iotdarelay.pipeline;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.delivery.DefectLog;
import io.iotdarelay.mapping.Draft;
import io.iotdarelay.mapping.Mapping;
import io.iotdarelay.mapping.Part;
import io.iotdarelay.mapping.PermittedDevices;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.Work;
import io.iotdarelay.platform.SizeLimit;
import io.iotdarelay.settle.FailedParts;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.tracing.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Builds reports from a record: decode, mapping, whether the route may speak for the device, then the check by product models. A defect in
 * the relay costs one record, not the partition.
 */
final class Admission {

    private static final int TRIES = 3;

    /** The result of admitting a record. */
    sealed interface Admitted {

        /**
         * There is something to send, or to reject.
         *
         * @param pieces at least one
         * @param before parts that were delivered when the record was sent before; they are not among the pieces
         */
        record Accepted(List<Piece> pieces, DeliveredParts before) implements Admitted {}

        /** Nothing is reported, and nothing is wrong. */
        record Skipped(Why why) implements Admitted {

            enum Why {
                NO_VALUE("the record has no value"),
                NOT_TAKEN("no route takes it"),
                NOTHING("there is nothing to report");

                private final String text;

                Why(String text) {
                    this.text = text;
                }

                String text() {
                    return text;
                }
            }
        }

        /**
         * Nothing of the record is sent.
         *
         * @param parts none where it never came to parts
         */
        record Rejected(Rejection rejection, @Nullable FailedParts parts) implements Admitted {}

        /**
         * It has to be admitted again.
         *
         * @param detail what it waits for
         */
        record Postponed(String detail) implements Admitted {}
    }

    private final RecordDecoders decoders;
    private final NodeNames nodes;
    private final Permission permission;
    private final ModelGate models;
    private final SizeLimit limit;
    private final RecordsProperties bounds;
    private final DefectLog defects;
    private final Tracing tracing;

    Admission(
            RecordDecoders decoders,
            NodeNames nodes,
            Permission permission,
            ModelGate models,
            SizeLimit limit,
            RecordsProperties bounds,
            DefectLog defects,
            Tracing tracing) {
        this.decoders = decoders;
        this.nodes = nodes;
        this.permission = permission;
        this.models = models;
        this.limit = limit;
        this.bounds = bounds;
        this.defects = defects;
        this.tracing = tracing;
    }

    /**
     * Admits a record.
     *
     * @param routes those of its topic; none where they have changed since it was polled
     */
    Admitted admit(List<Route> routes, SourceRecord record) {
        for (int tries = 1; ; tries++) {
            try {
                return attempt(routes, record);
            } catch (RuntimeException e) {
                if (tries == TRIES) {
                    tracing.onBehalfOf(record, () -> defects.add(record.position(), e));
                    return new Admitted.Rejected(Rejection.internalError(e), null);
                }
            }
        }
    }

    private Admitted attempt(List<Route> routes, SourceRecord record) {
        if (routes.isEmpty()) {
            return rejected(RejectionReason.UNMAPPABLE, "no route reads this topic");
        }
        byte @Nullable [] value = record.value();
        if (value == null || value.length == 0) {
            return new Admitted.Skipped(Admitted.Skipped.Why.NO_VALUE);
        }
        // Routes that share a topic have the same encoding.
        return switch (decoders.of(routes.getFirst().encoding()).decode(record)) {
            case Decoding.Undecodable undecodable -> rejected(RejectionReason.UNDECODABLE, undecodable.detail());
            case Decoding.Awaiting awaiting -> new Admitted.Postponed(awaiting.detail());
            case Decoding.Decoded decoded -> map(routes, record, decoded.tree());
        };
    }

    private Admitted map(List<Route> routes, SourceRecord record, JsonNode tree) {
        DeliveredParts listed = DeliveredParts.of(record, routes);
        // Only of parts that there are: a short list may name very many.
        DeliveredParts before = new DeliveredParts();
        List<Piece> pieces = new ArrayList<>(routes.size());
        Tally tally = new Tally();
        Work work = new Work();
        boolean taken = false;
        boolean whole = false;
        for (int i = 0; i < routes.size(); i++) {
            Route route = routes.get(i);
            if (route.map(record, tree, work) instanceof Mapping.Reports reports) {
                taken = true;
                whole |= route.isWhole();
                if (pieces.size() + reports.parts().size() > bounds.maxReports()) {
                    return rejected(
                            RejectionReason.TOO_LARGE,
                            "the record would become more than " + bounds.maxReports()
                                    + " reports (relay.records.max-reports)");
                }
                for (Part part : reports.parts()) {
                    if (listed.contains(part.id())) {
                        before.add(part.id());
                    } else {
                        add(part, route.devices(), pieces, tally, work);
                    }
                    if (work.isExceeded()) {
                        return rejected(RejectionReason.TOO_LARGE, Work.TOO_MUCH);
                    }
                    if (tally.bytes > bounds.maxReportsSize().toBytes()) {
                        return rejected(
                                RejectionReason.TOO_LARGE,
                                "the reports of the record would have more than "
                                        + bounds.maxReportsSize().toBytes()
                                        + " bytes (relay.records.max-reports-size)");
                    }
                }
            }
        }
        if (pieces.isEmpty()) {
            if (taken) {
                return new Admitted.Skipped(Admitted.Skipped.Why.NOTHING);
            }
            return bounds.unmatched() == RecordsProperties.Unmatched.SKIP
                    ? new Admitted.Skipped(Admitted.Skipped.Why.NOT_TAKEN)
                    : rejected(RejectionReason.UNMAPPABLE, "no route takes this record ('when')");
        }
        return whole && tally.refused > 0 ? refusedAsAWhole(pieces, before) : new Admitted.Accepted(pieces, before);
    }

    /** What is counted over the parts of a record. */
    private static final class Tally {
        private long bytes;
        private int refused;
    }

    private void add(Part part, PermittedDevices permitted, List<Piece> pieces, Tally tally, Work work) {
        Draft named = part.draft() instanceof Draft.Reportable reportable ? nodes.resolve(reportable) : part.draft();
        Draft passed = permission.pass(permitted, named);
        Draft draft = passed instanceof Draft.Reportable reportable
                ? models.pass(part.id().route(), reportable)
                : passed;
        Piece piece = switch (draft) {
            case Draft.Nothing ignored -> null;
            case Draft.Unmappable unmappable -> new Piece.Refused(part.id(), unmappable.rejection());
            case Draft.Reportable reportable -> written(part, permitted, reportable, work);
        };
        if (piece == null) {
            return;
        }
        pieces.add(piece);
        switch (piece) {
            case Piece.Accepted accepted ->
                tally.bytes += accepted.report().json().length();
            case Piece.Refused ignored -> tally.refused++;
        }
    }

    /** The place where a draft becomes JSON. */
    private Piece written(Part part, PermittedDevices permitted, Draft.Reportable draft, Work work) {
        Written report = Written.of(draft, limit.ofReport()).orElse(null);
        work.add(report == null ? limit.ofReport() : report.json().length());
        return report == null
                ? new Piece.Refused(part.id(), limit.rejection(draft.about()))
                : new Piece.Accepted(part.id(), report, permitted, part.provisions());
    }

    /** As the route requires, nothing is sent where a part cannot be mapped. */
    private static Admitted refusedAsAWhole(List<Piece> pieces, DeliveredParts before) {
        List<Torn.Failure> refused = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Refused failure) {
                refused.add(new Torn.Failure(failure.id(), failure.rejection(), Optional.empty()));
            }
        }
        Torn.Failure first = refused.getFirst();
        return new Admitted.Rejected(
                Torn.brief(first.rejection()),
                new FailedParts(first.part().route(), Torn.describe(refused, refused.size()), before.toString()));
    }

    private static Admitted rejected(RejectionReason reason, String detail) {
        return new Admitted.Rejected(Rejection.of(reason, detail), null);
    }
}

package io.iotdarelay.commands;

import io.iotdarelay.iotda.PlannedRequest;
import io.iotdarelay.mapping.Explanation;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.List;

/**
 * What the relay would do with a record.
 *
 * @param route the name of the route that takes it; "none" where none does
 * @param values where each value comes from
 */
record Tried(SourceRecord record, String route, Fate fate, List<Explanation> values) {

    static final String NO_ROUTE = "none";

    /** What becomes of it. */
    sealed interface Fate {

        /**
         * It is delivered in these requests, as far as the platform accepts them.
         *
         * @param single the same with a request for each report
         * @param warnings the rules of the product model that it does not keep to, which does not keep it from being sent
         */
        record Delivered(List<PlannedRequest> requests, List<PlannedRequest> single, List<String> warnings)
                implements Fate {}

        /** Nothing is reported, and nothing is wrong. */
        record Skipped(String why) implements Fate {}

        /**
         * It becomes a dead letter.
         *
         * @param requests those of its other parts, or what would be sent if the directory knew the device
         */
        record Rejected(Rejection rejection, List<PlannedRequest> requests) implements Fate {}

        /** It is neither delivered nor rejected before its schema can be fetched; its partition waits. */
        record Waiting(String why) implements Fate {}
    }

    /** In one word. */
    String outcome() {
        return switch (fate) {
            case Fate.Delivered ignored -> "delivered";
            case Fate.Skipped ignored -> "skipped";
            case Fate.Rejected ignored -> "rejected";
            case Fate.Waiting ignored -> "waiting";
        };
    }

    List<PlannedRequest> requests() {
        return switch (fate) {
            case Fate.Delivered delivered -> delivered.requests();
            case Fate.Skipped ignored -> List.of();
            case Fate.Waiting ignored -> List.of();
            case Fate.Rejected rejected -> rejected.requests();
        };
    }

    /** A request for each report. */
    List<PlannedRequest> single() {
        return fate instanceof Fate.Delivered delivered ? delivered.single() : List.of();
    }

    /** Those of the product model. */
    List<String> warnings() {
        return fate instanceof Fate.Delivered delivered ? delivered.warnings() : List.of();
    }
}

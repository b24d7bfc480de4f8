package io.iotdarelay.settle;

import io.iotdarelay.telemetry.RecordInFlight;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;

/** The few records that probe a stopped route. They count as they end. Belongs to the poll thread. */
final class Probe {

    /** This many records decide. */
    static final int RECORDS = 20;

    private final RouteOutcomes outcomes;
    private final int enough;
    private final Set<RecordInFlight> underWay = Collections.newSetFromMap(new IdentityHashMap<>());
    private int left = RECORDS;
    private int delivered;

    Probe(double maxShare) {
        this.outcomes = new RouteOutcomes(RECORDS, maxShare);
        this.enough = RECORDS - (int) (maxShare * RECORDS);
    }

    /** Whether more records may begin. */
    boolean isOpen() {
        return left > 0;
    }

    /** Whether the record may begin, as part of the probe. */
    boolean take(RecordInFlight record) {
        if (left == 0) {
            return false;
        }
        left--;
        underWay.add(record);
        return true;
    }

    /** The record is not counted, so another one may be tried. */
    void skip(RecordInFlight record) {
        if (underWay.remove(record)) {
            left++;
        }
    }

    /** Other records are tried instead of those whose partition has left. */
    void forgetAbandoned() {
        int before = underWay.size();
        underWay.removeIf(RecordInFlight::isAbandoned);
        left += before - underWay.size();
    }

    /** A record has ended. Returns whether the route may continue, once that is decided. */
    Optional<Boolean> end(RecordInFlight record, Ended ended) {
        if (!underWay.remove(record)) {
            return Optional.empty();
        }
        outcomes.add(Optional.of(ended));
        delivered += ended.isRejected() ? 0 : 1;
        return switch (outcomes.judge()) {
            case FEW, TOO_EARLY -> delivered >= enough ? Optional.of(true) : Optional.empty();
            case OTHERS_SUCCEED -> Optional.of(true);
            case ROUTE_FAILS, NOBODY_ELSE -> Optional.of(false);
        };
    }

    /** The results of the records so far. */
    @Override
    public String toString() {
        return outcomes.toString();
    }
}

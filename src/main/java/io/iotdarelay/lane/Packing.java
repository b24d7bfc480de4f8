package io.iotdarelay.lane;

import io.iotdarelay.telemetry.Report;
import java.util.List;
import java.util.Set;

/** Knows which reports may share a request. The platform's room implements it. */
public interface Packing {

    /** An empty request. */
    Parcel empty();

    /**
     * What a report is about: once newer ones are about all of that, it is no longer the present. Empty if nothing replaces it.
     */
    Set<String> subjects(Report report);

    /**
     * How many of the first reports of a request make the best of the quota: together they fill the units that they cost. At least one.
     *
     * @param mostUnits what the request should cost at most
     */
    int best(List<LaneEntry> entries, double mostUnits);

    /** A request that is being assembled. */
    interface Parcel {

        /** Adds the report if it fits into the request, by size and by format. The first always fits. */
        boolean tryAdd(Report report);

        /** How well the request fills what it costs, from 0 to 1; 1 if more reports would not improve that. */
        double fill();
    }
}

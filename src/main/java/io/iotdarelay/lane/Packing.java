package io.iotdarelay.lane;

import io.iotdarelay.telemetry.Report;

/** Knows which reports may share a request. The platform's room implements it. */
public interface Packing {

    /** An empty request. */
    Parcel empty();

    /** A request that is being assembled. */
    interface Parcel {

        /** Adds the report if it fits into the request, by size and by format. The first always fits. */
        boolean tryAdd(Report report);
    }
}

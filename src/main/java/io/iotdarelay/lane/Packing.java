package io.iotdarelay.lane;

import io.iotdarelay.telemetry.Report;

/** Knows which reports may share a request. The platform's room implements it. */
public interface Packing {

    /** A request with nothing in it. */
    Parcel empty();

    /** A request that is being put together. */
    interface Parcel {

        /** Takes the report in if the request has room for it, and the platform a form for it beside the others. The first always fits. */
        boolean tryAdd(Report report);
    }
}

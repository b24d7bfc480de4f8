package io.iotdarelay.platform;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;

/**
 * How large a request may be.
 *
 * @param bytes of its body
 * @param envelope the maximum number of those bytes that are not the JSON of a single report
 */
public record SizeLimit(int bytes, int envelope) {

    /** The most bytes that the JSON of a report may have to fit into a request of its own. */
    public int ofReport() {
        return bytes - envelope;
    }

    /** Why a report that has more is not sent. */
    public Rejection rejection(DeviceId about) {
        return Rejection.of(RejectionReason.TOO_LARGE, RejectionReason.TOO_LARGE.meaning() + ", " + bytes + " bytes")
                .about(about);
    }
}

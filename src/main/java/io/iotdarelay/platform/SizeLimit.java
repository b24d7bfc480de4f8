package io.iotdarelay.platform;

import io.iotdarelay.telemetry.Json;

/**
 * How large a request may be.
 *
 * @param bytes of its body
 * @param envelope the maximum number of those bytes that are not the JSON of a single report
 */
public record SizeLimit(int bytes, int envelope) {

    /** Whether a report with this JSON would not fit even into a request of its own. */
    public boolean isExceededBy(Json report) {
        return report.length() > bytes - envelope;
    }
}

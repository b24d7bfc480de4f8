package io.iotdarelay.telemetry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter that was written, or is being written.
 *
 * @param position of the record that was rejected
 * @param detail a readable explanation without secrets
 * @param errorCode the platform's, if it has refused it with one
 */
public record RecentRejection(
        Instant at,
        RecordPosition position,
        String route,
        RejectionReason reason,
        String detail,
        @Nullable String errorCode) {

    private static final int LONGEST_DETAIL = 300;

    public RecentRejection {
        detail = detail.length() <= LONGEST_DETAIL ? detail : detail.substring(0, LONGEST_DETAIL) + "...";
    }
}

package io.iotdarelay.telemetry;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/**
 * Why a record cannot succeed.
 *
 * @param detail a readable explanation; never contains a token or a secret
 * @param device the device, if it could be determined
 * @param answer the platform's response, if there was one
 * @param attempts how many requests carried the record
 */
public record Rejection(
        RejectionReason reason,
        String detail,
        @Nullable DeviceId device,
        @Nullable PlatformAnswer answer,
        int attempts) {

    private static final int MAX_STACK_TRACE = 8000;

    /** A rejection without a response of the platform. */
    public static Rejection of(RejectionReason reason, String detail) {
        return new Rejection(reason, detail, null, null, 0);
    }

    /** A defect of the relay, with its stack trace, as far as it fits into a header. */
    public static Rejection internalError(Throwable defect) {
        StringWriter text = new StringWriter();
        defect.printStackTrace(new PrintWriter(text));
        String trace = text.toString();
        return of(RejectionReason.INTERNAL_ERROR, trace.substring(0, Math.min(trace.length(), MAX_STACK_TRACE)));
    }

    /** A copy that names the device. */
    public Rejection about(DeviceId named) {
        return new Rejection(reason, detail, named, answer, attempts);
    }
}

package io.iotdarelay.delivery;

import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.platform.Verdict;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the last request of a device ended.
 *
 * @param kind an authentication, or a report
 * @param outcome as in the metrics' label
 * @param status of the response; 0 if there was none, or if it was accepted
 * @param errorCode the platform's
 * @param succeeded when a report was accepted last, as far as that is remembered
 */
public record LastRequest(
        RequestKind kind,
        Instant at,
        String outcome,
        int status,
        @Nullable String errorCode,
        @Nullable Instant succeeded) {

    static LastRequest of(RequestKind kind, Instant at, Verdict verdict, Optional<LastRequest> before) {
        if (verdict instanceof Verdict.Accepted) {
            Instant succeeded = kind == RequestKind.REPORT
                    ? at
                    : before.map(LastRequest::succeeded).orElse(null);
            return new LastRequest(kind, at, verdict.code(), 0, null, succeeded);
        }
        return new LastRequest(
                kind,
                at,
                verdict.code(),
                verdict.answer().map(said -> said.status()).orElse(0),
                verdict.answer().map(said -> said.errorCode()).orElse(null),
                before.map(LastRequest::succeeded).orElse(null));
    }

    /** For people. */
    public String describe() {
        return outcome + (status == 0 ? "" : ", HTTP " + status) + (errorCode == null ? "" : " " + errorCode);
    }
}

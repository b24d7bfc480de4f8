package io.iotdarelay.testing;

import static io.iotdarelay.testing.FakeIotda.answer;

import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.RejectionReason;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A row of the table of failures, written down once more. */
public enum FailureRow {
    ACCEPTED(Then.DELIVER, null, Counts.SUCCESS),
    TOKEN_REFUSED(Then.RETRY, null, Counts.SUCCESS),
    FOREIGN_CHILD(Then.SPLIT_BY_DEVICE, RejectionReason.CHILD_REJECTED, Counts.SUCCESS),
    TOO_LARGE(Then.SPLIT_BY_DEVICE_OR_RECORD, RejectionReason.TOO_LARGE, Counts.SUCCESS),
    THROTTLED(Then.RETRY, null, Counts.NOTHING),
    THROTTLED_FOR_A_WHILE(Then.RETRY, null, Counts.NOTHING),
    THROTTLED_FOR_AN_HOUR(Then.RETRY, null, Counts.NOTHING),
    OUTAGE(Then.RETRY, null, Counts.FAILURE),
    OUTAGE_FOR_A_WHILE(Then.RETRY, null, Counts.FAILURE),
    UNTRUSTED(Then.RETRY, null, Counts.WRONG_CONFIGURATION),
    WRONG_ADDRESS(Then.RETRY, null, Counts.WRONG_CONFIGURATION),
    DEVICE_TROUBLE(Then.RETRY_TEN_TIMES_THEN_SET_ASIDE, RejectionReason.REFUSED, Counts.REFUSAL),
    DEVICE_REFUSED(Then.RETRY, null, Counts.REFUSAL),
    OTHER_403(Then.RETRY_TEN_TIMES_THEN_SPLIT, RejectionReason.REFUSED, Counts.REFUSAL),
    OTHER_4XX(Then.SPLIT, RejectionReason.REFUSED, Counts.SUCCESS);

    private final Then then;
    private final @Nullable RejectionReason reason;
    private final Counts counts;

    FailureRow(Then then, @Nullable RejectionReason reason, Counts counts) {
        this.then = then;
        this.reason = reason;
        this.counts = counts;
    }

    public Then then() {
        return then;
    }

    public @Nullable RejectionReason reason() {
        return reason;
    }

    public Counts counts() {
        return counts;
    }

    public Verdict verdict() {
        return switch (this) {
            case ACCEPTED -> new Verdict.Accepted();
            case TOKEN_REFUSED -> new Verdict.InvalidToken(answer(403, "IOTDA.000004"));
            case FOREIGN_CHILD -> new Verdict.ChildRejected(answer(400, "IOTDA.021104"));
            case TOO_LARGE -> new Verdict.TooLarge(answer(403, "IOTDA.021105"));
            case THROTTLED -> new Verdict.Throttled(answer(403, "IOTDA.021101"), false, retryAfter());
            case THROTTLED_FOR_A_WHILE, THROTTLED_FOR_AN_HOUR ->
                new Verdict.Throttled(answer(429, null), true, retryAfter());
            case OUTAGE, OUTAGE_FOR_A_WHILE ->
                new Verdict.Unavailable("HTTP 503", Optional.of(answer(503, null)), retryAfter());
            case UNTRUSTED -> new Verdict.Misconfigured("not trusted", Optional.empty());
            case WRONG_ADDRESS -> new Verdict.Misaddressed("HTTP 404", answer(404, null));
            case DEVICE_TROUBLE -> new Verdict.DeviceTrouble("HTTP 404", answer(404, "IOTDA.014000"));
            case DEVICE_REFUSED -> new Verdict.DeviceRefused(answer(401, "IOTDA.000002"));
            case OTHER_403 -> new Verdict.Forbidden(answer(403, null));
            case OTHER_4XX -> new Verdict.Invalid(answer(400, "IOTDA.000006"));
        };
    }

    public Optional<Duration> retryAfter() {
        return switch (this) {
            case THROTTLED_FOR_A_WHILE, OUTAGE_FOR_A_WHILE -> Optional.of(Duration.ofSeconds(7));
            case THROTTLED_FOR_AN_HOUR -> Optional.of(Duration.ofHours(1));
            default -> Optional.empty();
        };
    }

    /** What is done with the batch. */
    public enum Then {
        DELIVER,
        RETRY,
        SPLIT_BY_DEVICE,
        SPLIT_BY_DEVICE_OR_RECORD,
        SPLIT,
        RETRY_TEN_TIMES_THEN_SPLIT,
        RETRY_TEN_TIMES_THEN_SET_ASIDE
    }

    /** What it shows about the platform. */
    public enum Counts {
        SUCCESS,
        FAILURE,
        NOTHING,
        WRONG_CONFIGURATION,
        REFUSAL
    }
}

package io.iotdarelay.delivery;

import io.iotdarelay.iotda.Verdict;
import io.iotdarelay.lane.Batch;
import io.iotdarelay.telemetry.RejectionReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who is at fault, and what follows: the failure table in {@code docs/reliability.md}, as code. Pure, but for the jitter.
 */
final class FailurePolicy {

    /** A refusal that nothing explains may pass; so often it is tried. */
    static final int MAX_FORBIDDEN = 10;

    /** However long the platform asks to wait, it is asked again after this. */
    static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

    private final Backoff backoff;

    FailurePolicy(Backoff backoff) {
        this.backoff = backoff;
    }

    /**
     * Decides.
     *
     * @param batch what was sent, the attempt and its refusal included
     * @param streak how the lane has fared, this verdict included
     */
    Decision decide(Batch batch, Verdict verdict, Streak streak) {
        return switch (verdict) {
            case Verdict.Accepted ignored -> new Decision.Deliver();
            case Verdict.InvalidToken ignored ->
                new Decision.Retry(
                        streak.isContended() ? backoff.after(streak.invalidTokens() - 1) : Duration.ZERO,
                        Waiting.BACKOFF);
            case Verdict.Throttled ignored -> new Decision.Retry(delay(verdict, streak), Waiting.BACKOFF);
            case Verdict.Unavailable ignored -> new Decision.Retry(delay(verdict, streak), Waiting.RETRY);
            case Verdict.Misconfigured ignored -> new Decision.Retry(delay(verdict, streak), Waiting.BACKOFF);
            case Verdict.DeviceRefused ignored -> new Decision.Retry(delay(verdict, streak), Waiting.BACKOFF);
            case Verdict.ChildRejected ignored ->
                batch.devices().size() > 1
                        ? new Decision.Split(batch.halvesByDevice())
                        : reject(RejectionReason.CHILD_REJECTED, verdict);
            case Verdict.TooLarge ignored ->
                batch.isSingle() ? reject(RejectionReason.TOO_LARGE, verdict) : new Decision.Split(smaller(batch));
            case Verdict.Forbidden ignored ->
                batch.refusals() < MAX_FORBIDDEN
                        ? new Decision.Retry(delay(verdict, streak), Waiting.BACKOFF)
                        : isolate(batch, verdict);
            case Verdict.Invalid ignored -> isolate(batch, verdict);
        };
    }

    private static Decision isolate(Batch batch, Verdict verdict) {
        return batch.isSingle() ? reject(RejectionReason.REFUSED, verdict) : new Decision.Split(batch.halves());
    }

    private static List<Batch> smaller(Batch batch) {
        return batch.devices().size() > 1 ? batch.halvesByDevice() : batch.halves();
    }

    private static Decision reject(RejectionReason reason, Verdict verdict) {
        return new Decision.Reject(reason, reason.meaning() + ": " + verdict.describe());
    }

    /** How long to wait before the next attempt: what the platform asks for counts, within reason. */
    Duration delay(Verdict verdict, Streak streak) {
        Duration own = backoff.after(streak.failures());
        Optional<Duration> asked = switch (verdict) {
            case Verdict.Throttled throttled -> throttled.retryAfter();
            case Verdict.Unavailable unavailable -> unavailable.retryAfter();
            case Verdict.Misconfigured ignored -> Optional.of(Duration.ofSeconds(1));
            case Verdict.Answered ignored -> Optional.empty();
            case Verdict.Accepted ignored -> Optional.empty();
        };
        return asked.map(wanted -> wanted.compareTo(MAX_RETRY_AFTER) < 0 ? wanted : MAX_RETRY_AFTER)
                .filter(wanted -> wanted.compareTo(own) > 0)
                .orElse(own);
    }
}

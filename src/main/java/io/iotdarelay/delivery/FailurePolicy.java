package io.iotdarelay.delivery;

import io.iotdarelay.lane.Batch;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.RejectionReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who is at fault, and what follows: the failure table in {@code docs/reliability.md}, as code. Pure, except for the jitter.
 *
 * @param failingAfter how long a device may fail while others succeed before it is set aside; zero: it never is
 */
record FailurePolicy(Backoff backoff, Duration failingAfter) {

    /** How often a request is sent that is refused for an unknown reason, which may be temporary. */
    static final int MAX_FORBIDDEN = 10;

    /** The next attempt comes after this at the latest, however long the platform asks to wait. */
    static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

    private static final Duration FOREIGN_ANSWER_DELAY = Duration.ofSeconds(1);

    /**
     * Decides what to do with a batch.
     *
     * @param batch what was sent, including this attempt and its refusal
     * @param streak of the lane, including this verdict
     */
    Decision decide(Batch batch, Verdict verdict, Streak streak, Standing standing) {
        return switch (verdict) {
            case Verdict.Accepted ignored -> new Decision.Deliver();
            case Verdict.InvalidToken ignored -> retryUnlessAlone(renewed(streak), verdict, standing);
            case Verdict.Throttled ignored -> retry(verdict, streak, WaitReason.BACKOFF);
            case Verdict.Unavailable ignored ->
                retryUnlessAlone(retry(verdict, streak, WaitReason.RETRY), verdict, standing);
            case Verdict.Misconfigured ignored -> retry(verdict, streak, WaitReason.BACKOFF);
            case Verdict.DeviceRefused ignored -> retry(verdict, streak, WaitReason.BACKOFF);
            case Verdict.Misaddressed ignored ->
                isTired(batch.refusals(), standing) && standing.failsAlone()
                        ? setAside(RejectionReason.REFUSED, verdict)
                        : retry(verdict, streak, WaitReason.BACKOFF);
            case Verdict.DeviceTrouble ignored ->
                isTired(batch.refusals(), standing) && standing.platformIsWell()
                        ? setAside(RejectionReason.REFUSED, verdict)
                        : retry(verdict, streak, WaitReason.BACKOFF);
            case Verdict.ChildRejected ignored ->
                batch.devices().size() > 1
                        ? new Decision.Split(batch.halvesByDevice())
                        : reject(RejectionReason.CHILD_REJECTED, verdict);
            case Verdict.TooLarge ignored ->
                batch.isSingle() ? reject(RejectionReason.TOO_LARGE, verdict) : new Decision.Split(smaller(batch));
            case Verdict.Forbidden ignored ->
                batch.refusals() < MAX_FORBIDDEN || !standing.platformIsWell()
                        ? retry(verdict, streak, WaitReason.BACKOFF)
                        : isolate(batch, verdict);
            case Verdict.Invalid ignored -> isolate(batch, verdict);
        };
    }

    /** Decides what to do with a lane whose device could not authenticate. */
    Decision.AboutDevice decideAuthentication(Verdict verdict, Streak streak, Standing standing) {
        return switch (verdict) {
            case Verdict.Unavailable ignored ->
                retryUnlessAlone(retry(verdict, streak, WaitReason.RETRY), verdict, standing);
            case Verdict.Throttled ignored -> retry(verdict, streak, WaitReason.BACKOFF);
            case Verdict.Misconfigured ignored -> retry(verdict, streak, WaitReason.BACKOFF);
            case Verdict.Misaddressed ignored ->
                isTired(streak.forbidden(), standing) && standing.failsAlone()
                        ? setAside(RejectionReason.DEVICE_REJECTED, verdict)
                        : retry(verdict, streak, WaitReason.BACKOFF);
            case Verdict.DeviceTrouble ignored ->
                refuse(isTired(streak.forbidden(), standing), verdict, streak, standing);
            case Verdict.Forbidden ignored -> refuse(isTired(streak.forbidden(), standing), verdict, streak, standing);
            case Verdict.Answered ignored -> refuse(true, verdict, streak, standing);
            case Verdict.Accepted ignored -> throw new IllegalStateException("accepted, and no token");
        };
    }

    /** A device whose probe fails need not be retried ten times. */
    private static boolean isTired(int refusals, Standing standing) {
        return refusals >= MAX_FORBIDDEN || standing.wasSetAside();
    }

    private Decision.AboutDevice refuse(boolean isFinal, Verdict verdict, Streak streak, Standing standing) {
        return isFinal && standing.platformIsWell()
                ? setAside(RejectionReason.DEVICE_REJECTED, verdict)
                : retry(verdict, streak, WaitReason.BACKOFF);
    }

    private Decision.AboutDevice retryUnlessAlone(Decision.AboutDevice retry, Verdict verdict, Standing standing) {
        return !failingAfter.isZero() && standing.failsAloneForLong(failingAfter)
                ? setAside(RejectionReason.DEVICE_FAILING, verdict)
                : retry;
    }

    private Decision.Retry renewed(Streak streak) {
        return new Decision.Retry(
                streak.isContended() ? backoff.after(streak.invalidTokens() - 1) : Duration.ZERO, WaitReason.BACKOFF);
    }

    private Decision.Retry retry(Verdict verdict, Streak streak, WaitReason why) {
        return new Decision.Retry(delay(verdict, streak), why);
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

    private static Decision.AboutDevice setAside(RejectionReason reason, Verdict verdict) {
        return new Decision.SetAside(reason, reason.meaning() + ": " + verdict.describe());
    }

    /** How long to wait before the next attempt: as long as the platform asks, within a limit. */
    Duration delay(Verdict verdict, Streak streak) {
        Duration own = backoff.after(streak.failures());
        Optional<Duration> asked = switch (verdict) {
            case Verdict.Throttled throttled -> throttled.retryAfter();
            case Verdict.Unavailable unavailable -> unavailable.retryAfter();
            case Verdict.Misconfigured ignored -> Optional.of(FOREIGN_ANSWER_DELAY);
            case Verdict.Misaddressed ignored -> Optional.of(FOREIGN_ANSWER_DELAY);
            case Verdict.Answered ignored -> Optional.empty();
            case Verdict.Accepted ignored -> Optional.empty();
        };
        return asked.map(requested -> requested.compareTo(MAX_RETRY_AFTER) < 0 ? requested : MAX_RETRY_AFTER)
                .filter(requested -> requested.compareTo(own) > 0)
                .orElse(own);
    }
}

package io.iotdarelay.delivery;

import io.iotdarelay.platform.Verdict;

/**
 * The most recent requests of a lane.
 *
 * @param failures consecutive requests that have to be resent
 * @param invalidTokens consecutive requests whose token was rejected
 * @param forbidden consecutive requests that were refused for an unknown reason
 */
record Streak(int failures, int invalidTokens, int forbidden) {

    static final Streak NONE = new Streak(0, 0, 0);

    /** The streak with this verdict. A definite verdict of the platform, whichever it is, is not a failure. */
    Streak with(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accepted ignored -> NONE;
            case Verdict.ChildRejected ignored -> NONE;
            case Verdict.TooLarge ignored -> NONE;
            case Verdict.Invalid ignored -> NONE;
            case Verdict.InvalidToken ignored -> new Streak(failures, invalidTokens + 1, 0);
            case Verdict.Throttled ignored -> failed();
            case Verdict.Unavailable ignored -> failed();
            case Verdict.Misconfigured ignored -> failed();
            case Verdict.Forbidden ignored -> refused();
            case Verdict.Misaddressed ignored -> refused();
            case Verdict.DeviceTrouble ignored -> refused();
            case Verdict.DeviceRefused ignored -> failed();
        };
    }

    boolean isGood() {
        return failures == 0 && invalidTokens == 0;
    }

    /** Whether a token was rejected although it had just been fetched: another client authenticates the device. */
    boolean isContended() {
        return invalidTokens > 1;
    }

    /** All requests are slowed down: this lane need not back off further each time. */
    Streak slowedWithAll() {
        return new Streak(1, invalidTokens, 0);
    }

    private Streak failed() {
        return new Streak(failures + 1, 0, 0);
    }

    private Streak refused() {
        return new Streak(failures + 1, 0, forbidden + 1);
    }
}

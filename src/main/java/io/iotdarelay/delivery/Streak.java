package io.iotdarelay.delivery;

import io.iotdarelay.iotda.Verdict;

/**
 * How a lane has fared of late.
 *
 * @param failures requests in a row that have to be repeated
 * @param invalidTokens requests in a row that were refused for their token
 */
record Streak(int failures, int invalidTokens) {

    static final Streak NONE = new Streak(0, 0);

    /** The streak with this verdict. What the platform has judged, whatever the judgement, is no failure. */
    Streak with(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accepted ignored -> NONE;
            case Verdict.ChildRejected ignored -> NONE;
            case Verdict.TooLarge ignored -> NONE;
            case Verdict.Invalid ignored -> NONE;
            case Verdict.InvalidToken ignored -> new Streak(failures, invalidTokens + 1);
            case Verdict.Throttled ignored -> failed();
            case Verdict.Unavailable ignored -> failed();
            case Verdict.Misconfigured ignored -> failed();
            case Verdict.Forbidden ignored -> failed();
            case Verdict.DeviceRefused ignored -> failed();
        };
    }

    /** Whether a token was refused although it had just been fetched: somebody else authenticates the device. */
    boolean isContended() {
        return invalidTokens > 1;
    }

    private Streak failed() {
        return new Streak(failures + 1, 0);
    }
}

package io.iotdarelay.delivery;

import io.iotdarelay.iotda.Verdict;

/**
 * How a lane has fared of late.
 *
 * @param failures requests in a row that have to be repeated
 * @param invalidTokens requests in a row that were refused for their token
 * @param forbidden requests in a row that were refused for a reason that nobody knows
 */
record Streak(int failures, int invalidTokens, int forbidden) {

    static final Streak NONE = new Streak(0, 0, 0);

    /** The streak with this verdict. What the platform has judged, whatever the judgement, is no failure. */
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
            case Verdict.Forbidden ignored -> new Streak(failures + 1, 0, forbidden + 1);
            case Verdict.DeviceRefused ignored -> failed();
        };
    }

    /** Whether a token was refused although it had just been fetched: somebody else authenticates the device. */
    boolean isContended() {
        return invalidTokens > 1;
    }

    /** All requests are slowed down: this lane need not wait longer each time besides. */
    Streak slowedWithAll() {
        return new Streak(1, invalidTokens, 0);
    }

    private Streak failed() {
        return new Streak(failures + 1, 0, 0);
    }
}

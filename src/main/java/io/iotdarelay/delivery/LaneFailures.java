package io.iotdarelay.delivery;

import io.iotdarelay.lane.Batch;
import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The failures of one lane, and the decisions that follow from them. Belongs to the lane's event loop. */
final class LaneFailures {

    /** How often a batch is resent after a defect of the relay. */
    private static final int MAX_DEFECTS = 2;

    private final LaneResources with;
    private final DeviceId sender;
    private Streak streak = Streak.NONE;
    private String trouble = "";
    private int defects;
    private @Nullable Instant unknownSince;
    private @Nullable Failing failing;
    private long ownAnswers;
    private boolean givenUp;

    /**
     * Since when the lane fails.
     *
     * @param reports how many reports had succeeded by then, over all devices
     * @param authentications the same for authentications
     */
    private record Failing(Instant since, long reports, long authentications) {}

    LaneFailures(LaneResources resources, DeviceId sender) {
        this.with = resources;
        this.sender = sender;
    }

    boolean isFailing() {
        return streak.failures() > 0
                || with.limits().isFailing(RequestKind.REPORT, sender)
                || with.limits().isFailing(RequestKind.AUTHENTICATION, sender);
    }

    boolean failsAlone() {
        return standing(RequestKind.REPORT).failsAlone();
    }

    /** The next failure while others succeed sets the device aside. */
    void giveUp() {
        givenUp = true;
    }

    /** The result of a report, and the decision about it. */
    Decision afterReport(Batch batch, AccessToken token, Verdict verdict, boolean slowedWithAll) {
        note(verdict);
        if (slowedWithAll) {
            streak = streak.slowedWithAll();
        }
        if (verdict instanceof Verdict.InvalidToken && with.tokens().invalidate(sender, token)) {
            with.meters().tokenContended();
        }
        if (streak.isGood() && with.quarantine().holds(sender)) {
            with.directory().credentials(sender).ifPresent(with.directory()::accepted);
            with.quarantine().readmit(sender);
        }
        return with.rules().policy().decide(batch, verdict, streak, standing(RequestKind.REPORT));
    }

    /** The device could not authenticate; the decision about it. */
    Decision.AboutDevice afterAuthentication(Verdict verdict) {
        note(verdict);
        return with.rules().policy().decideAuthentication(verdict, streak, standing(RequestKind.AUTHENTICATION));
    }

    private void note(Verdict verdict) {
        streak = streak.with(verdict);
        trouble = streak.failures() == 0 ? "" : verdict.describe();
        if (verdict instanceof Verdict.Answered) {
            ownAnswers++;
        }
        if (streak.isGood()) {
            failing = null;
            ownAnswers = 0;
            givenUp = false;
        } else if (failing == null) {
            failing = new Failing(
                    with.time().instant(),
                    with.limits().successes(RequestKind.REPORT),
                    with.limits().successes(RequestKind.AUTHENTICATION));
        }
    }

    private Standing standing(RequestKind kind) {
        Failing since = failing;
        if (since == null) {
            return Standing.GOOD;
        }
        long before = kind == RequestKind.REPORT ? since.reports() : since.authentications();
        return new Standing(
                Duration.between(since.since(), with.time().instant()),
                Math.max(0, with.limits().successes(kind) - before - ownAnswers),
                with.limits().platformIsWell(),
                givenUp || with.quarantine().holds(sender),
                givenUp || with.quarantine().holdsAsFailing(sender));
    }

    /**
     * Whether the directory has not known the device for too long. It may be being written.
     *
     * @param isWanted whether the platform is still to be asked for it
     */
    boolean isUnknownForLong(boolean unknown, boolean isWanted) {
        Instant now = with.time().instant();
        Instant since = unknownSince == null ? now : unknownSince;
        unknownSince = unknown ? since : null;
        return unknown
                && !now.isBefore(since.plus(isWanted ? longest() : with.rules().unknownGrace()));
    }

    private Duration longest() {
        Duration grace = with.rules().unknownGrace();
        Duration lookup = with.rules().longestLookup();
        return lookup.compareTo(grace) < 0 ? grace : lookup;
    }

    /** A defect of the relay. Returns whether it was one too many. */
    boolean defect(Throwable defect, int attempts) {
        trouble = "a defect of the relay";
        with.defects().add(sender, attempts, defect);
        defects = defects >= MAX_DEFECTS ? 0 : defects + 1;
        return defects == 0;
    }

    void noDefect() {
        defects = 0;
    }

    /** A readable addition to what the lane waits for. */
    String describe() {
        return trouble.isEmpty() ? "" : ", after " + trouble + " (" + streak.failures() + " in a row)";
    }
}

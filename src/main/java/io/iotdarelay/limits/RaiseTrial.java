package io.iotdarelay.limits;

import java.util.concurrent.TimeUnit;

/**
 * Tries whether more requests in flight are of use, where they are slow or fail however few they are. Where the platform queues, twice as many
 * take twice as long; otherwise twice as many are accepted. It measures what a slot costs with the limit as it is, then with four times as many, and goes
 * on while more are accepted; in the end with twice as many.
 */
final class RaiseTrial {

    private static final double FACTOR = 4;
    private static final double SMALL_FACTOR = 2;

    /** Fewer requests tell nothing. */
    private static final int LEAST_BEGUN = 16;

    /** A response may take this long several times. */
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(60);

    private final int most;
    private final long deadline;
    private double limit;

    /** The highest limit that was of use, and what a slot costs with it; that is 0 until it is known. */
    private double best;

    private double cost;
    private double factor;
    private boolean settling = true;

    /** Requests in flight are still those of a higher limit. */
    private boolean falling = true;

    private boolean helped;
    private boolean over;
    private int peak;
    private SlotTime current;

    /**
     * A trial that begins with the limit as it is.
     *
     * @param again whether an earlier one has helped: then it was too much to go on as far as that
     */
    RaiseTrial(double limit, int most, boolean again, long now) {
        this.most = most;
        this.limit = limit;
        this.best = limit;
        this.factor = again ? SMALL_FACTOR : FACTOR;
        this.deadline = now + LONGEST;
        this.current = sample((int) limit, now);
    }

    /** What a slot costs, by the next requests: so many that each slot is used. */
    static SlotTime sample(int slots, long now) {
        return new SlotTime(Math.max(LEAST_BEGUN, slots), now);
    }

    /** The limit during the trial, and the one to use after it. */
    double limit() {
        return over ? best : limit;
    }

    boolean isOver() {
        return over;
    }

    /** Whether more requests in flight were of use. */
    boolean hasHelped() {
        return helped;
    }

    /** What a slot costs at the limit that was found, if it has helped. */
    double cost() {
        return cost;
    }

    void began(int inFlight, long now) {
        peak = Math.max(peak, inFlight);
        current.began(now);
    }

    void ended(RequestEnd end, long since, long now) {
        current.ended(end, since, now);
        if (now - deadline > 0) {
            over = true;
        } else if (current.isKnown()) {
            next(now);
        }
    }

    private void next(long now) {
        double measured = current.each(now);
        if (settling && (falling || isOfUse(measured))) {
            // The first requests after a change find the queue that was there, not the one that they make.
            settling = false;
            falling = false;
            current = sample((int) limit, now);
        } else if (!current.isTelling() || peak < (int) limit) {
            over = true;
        } else {
            judge(measured, now);
        }
    }

    private void judge(double measured, long now) {
        if (cost == 0) {
            cost = measured;
            raise(now);
        } else if (isOfUse(measured)) {
            best = limit;
            cost = measured;
            helped = true;
            raise(now);
        } else if (helped && factor > SMALL_FACTOR) {
            factor = SMALL_FACTOR;
            falling = true;
            raise(now);
        } else {
            over = true;
        }
    }

    private boolean isOfUse(double measured) {
        return measured < cost * Math.sqrt(limit / best);
    }

    private void raise(long now) {
        limit = Math.min(most, best * factor);
        over = (int) limit <= (int) best;
        settling = true;
        peak = 0;
        current = sample((int) limit, now);
    }
}

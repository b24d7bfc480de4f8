package io.iotdarelay.limits;

/**
 * For how long slots are taken for each request that is accepted, by the requests that began in a stretch of time. Where the platform queues, that
 * grows with the number in flight; where requests are slow or fail for other reasons, it does not.
 */
final class SlotTime {

    /** So many eighths of the requests are enough: a few may hang. */
    private static final int ENOUGH = 7;

    private static final int EIGHTHS = 8;

    /** Where hardly any are accepted, more have to begin: up to this many times as many. */
    private static final int LEAST_ACCEPTED = 12;

    private static final int MOST_TIMES = 16;

    private final long from;
    private final int wanted;
    private long to;
    private boolean complete;
    private int begun;
    private int ended;
    private int accepted;

    /** Of those that ended, and less when they began for those that did not, in nanoseconds from the beginning. */
    private double taken;

    /**
     * A stretch that begins after this moment.
     *
     * @param wanted how many requests are to begin in it, at least
     */
    SlotTime(int wanted, long from) {
        this.wanted = wanted;
        this.from = from;
        this.to = from;
    }

    void began(long now) {
        if (complete || now - from <= 0) {
            return;
        }
        if (begun >= wanted && (isTelling() || begun >= MOST_TIMES * wanted) && now - to > 0) {
            complete = true;
            return;
        }
        begun++;
        to = now;
        taken -= now - from;
    }

    void ended(RequestEnd end, long since, long now) {
        if (since - from <= 0 || (complete && since - to > 0)) {
            return;
        }
        ended++;
        taken += now - from;
        accepted += end == RequestEnd.ACCEPTED || end == RequestEnd.ANSWERED ? 1 : 0;
    }

    /** Whether that many have begun, and nearly all of them have ended. */
    boolean isKnown() {
        return complete && EIGHTHS * ended >= ENOUGH * begun;
    }

    /** Whether enough of them were accepted. */
    boolean isTelling() {
        return accepted >= LEAST_ACCEPTED;
    }

    /** Nanoseconds for each accepted one. */
    double each(long now) {
        double open = (double) (begun - ended) * (now - from);
        return (taken + open) / Math.max(1, accepted);
    }
}

package io.iotdarelay.limits;

import java.util.concurrent.TimeUnit;

/** A fixed number of requests in flight. It starts slowly: with a few, one more for each success, one fewer for each failure. */
final class StaticLimit implements SlotLimit {

    /** How many may be in flight at the start. */
    static final int FIRST = 16;

    /** One in this many slots is for failing devices. */
    static final int FAILING_ONE_IN = 10;

    static final long OVERDUE_AFTER = TimeUnit.SECONDS.toNanos(2);

    private static final int LEAST = 8;

    private final int most;
    private int slots;

    StaticLimit(int most) {
        this.most = most;
        this.slots = Math.min(FIRST, most);
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public int slotsOfFailing() {
        return Math.max(1, most / FAILING_ONE_IN);
    }

    @Override
    public void taken(int inFlight, boolean failing, long now) {}

    @Override
    public void ended(RequestEnd end, boolean failing, long since, long now) {
        switch (end) {
            case ACCEPTED, ANSWERED -> slots = Math.min(slots + 1, most);
            case FAILED -> slots = Math.max(slots - 1, Math.min(LEAST, most));
            case UNKNOWN -> {}
        }
    }

    @Override
    public void startSlowly() {
        slots = Math.min(FIRST, most);
    }

    @Override
    public long overdueAfter() {
        return OVERDUE_AFTER;
    }
}

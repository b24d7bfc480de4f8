package io.iotdarelay.limits;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * As many requests in flight as the platform carries without queueing them: additive increase while all are needed, multiplicative
 * decrease when most take clearly longer than the fastest did, or fail. Starts slowly, as {@link StaticLimit} does.
 */
final class AdaptiveLimit implements SlotLimit {

    /*
     * It decides once in a window of time, by the requests that began since it last decreased: earlier ones queued because of what it
     * has corrected. What a few devices do decides nothing: a window is slow only if three quarters of its requests are, and requests
     * of devices that fail already do not count.
     *
     * What is slow is measured against the fastest of the last 10 to 20 seconds. If requests queue all that time, the fastest one queued,
     * too, and the limit would creep up. So when that memory is renewed while requests take longer, a quarter of them is sent
     * for one window: if that makes them faster, it was the queue; if not, the platform has become slower, and that is what counts
     * from then on.
     *
     * Where requests are slow or fail whatever the load, fewer of them do not help, and windows stay overloaded. Then a trial sends more. If more
     * are accepted, windows decide nothing until they are well again: what decides is what a slot costs, against what it cost in the trial.
     */

    private static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long MEMORY = TimeUnit.SECONDS.toNanos(10);

    /** Fewer requests decide nothing. */
    private static final int LEAST_SAMPLES = 8;

    /** There are never fewer: so few do not overload any platform. */
    private static final int LEAST = 4;

    /** Up to this time, and twice that of the fastest, a request is not slow. */
    private static final long TOLERANCE = TimeUnit.MILLISECONDS.toNanos(25);

    /** It decreases by what requests take too long, within these bounds. */
    private static final double DECREASE = 0.75;

    private static final double LARGEST_DECREASE = 0.25;

    /** One step up is this part of the most, and at most this part of what it is; up to so many steps at once while it is well. */
    private static final double STEP = 1.0 / 64;

    private static final double LARGEST_STEP = 1.0 / 16;

    private static final int MOST_STEPS = 8;

    /** One failure in this many requests is too many. */
    private static final int FAILED_ONE_IN = 5;

    private static final int PROBE_WITH_ONE_IN = 4;
    private static final double RISEN = 1.25;

    /** So much more says nothing. */
    private static final long NOISE = TimeUnit.MILLISECONDS.toNanos(5);

    private static final int OVERDUE_FACTOR = 4;

    /** After so many overloaded windows fewer requests did not help; a window that is not takes a part of one back. */
    private static final int NO_HELP = 3;

    private static final double WELL = 0.5;

    /** So many windows that are well, and latency and failures decide again. */
    private static final int SURE = 12;

    /** What a slot costs may vary so much. */
    private static final double EXCEEDED = 2;

    /** Between trials, longer each time that one was of no use. */
    private static final long SHORTEST_PAUSE = TimeUnit.SECONDS.toNanos(10);

    private static final int LONGER = 4;
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(120);

    private final int most;
    private final int least;
    private double limit;
    private boolean slowStart = true;
    private int steps;

    private long windowSince;
    private int samples;
    private int fast;
    private int failed;
    private int peak;
    private long fastest = Long.MAX_VALUE;
    private boolean reached;

    /** Windows that were overloaded, less a part of those that were not. */
    private double overloads;

    private @Nullable RaiseTrial trial;
    private long nextTrial;
    private long pause = SHORTEST_PAUSE;

    /** What a slot costs at the limit in force, where requests are slow or fail whatever the load; 0 otherwise. */
    private double norm;

    private SlotTime slotTime;

    /** Requests that began before this do not count. */
    private long countsFrom;

    private long baseline = Long.MAX_VALUE;
    private long nextBaseline = Long.MAX_VALUE;
    private long baselineSince;

    /** The limit before a probe; 0 while there is none. */
    private double beforeProbe;

    /** How long the fastest of the last requests took; and what becomes of it next. */
    private long usual;

    private int recent;
    private long recentSince;
    private long fastestRecent = Long.MAX_VALUE;

    AdaptiveLimit(int most, long now) {
        this.most = most;
        this.least = Math.min(LEAST, most);
        this.limit = Math.min(StaticLimit.FIRST, most);
        this.windowSince = now;
        this.baselineSince = now;
        this.countsFrom = now;
        this.recentSince = now;
        this.nextTrial = now;
        this.slotTime = RaiseTrial.sample(slots(), now);
    }

    @Override
    public int slots() {
        return (int) (trial == null ? limit : trial.limit());
    }

    @Override
    public int slotsOfFailing() {
        // As many as without adapting, while that is a minority: where few requests are made, the limit is low, too.
        return Math.max(1, Math.min(most / StaticLimit.FAILING_ONE_IN, slots() / 2));
    }

    @Override
    public void taken(int inFlight, boolean failing, long now) {
        peak = Math.max(peak, inFlight);
        reached |= inFlight >= slots();
        if (failing) {
            return;
        }
        if (trial != null) {
            trial.began(inFlight, now);
        } else if (norm > 0) {
            slotTime.began(now);
        }
    }

    @Override
    public void startSlowly() {
        limit = Math.min(StaticLimit.FIRST, most);
        slowStart = true;
        beforeProbe = 0;
        steps = 0;
        overloads = 0;
        trial = null;
        norm = 0;
    }

    @Override
    public long overdueAfter() {
        return Math.max(StaticLimit.OVERDUE_AFTER, OVERDUE_FACTOR * usual);
    }

    @Override
    public void ended(RequestEnd end, boolean failing, long since, long now) {
        if (failing) {
            return;
        }
        if (trial != null) {
            trial.ended(end, since, now);
            if (trial.isOver()) {
                end(trial, now);
            }
        } else if (norm > 0) {
            slotTime.ended(end, since, now);
        }
        if (end == RequestEnd.UNKNOWN) {
            return;
        }
        if (end == RequestEnd.ACCEPTED) {
            noteUsual(now - since, now);
        }
        if (since - countsFrom < 0) {
            return;
        }
        switch (end) {
            case ACCEPTED -> succeeded(now - since);
            case ANSWERED -> {
                samples++;
                fast++;
            }
            case FAILED -> failed++;
            case UNKNOWN -> {}
        }
        if (end != RequestEnd.FAILED && slowStart && reached && beforeProbe == 0) {
            limit = Math.min(limit + 1, most);
        }
        if (trial == null && now - windowSince >= WINDOW && samples + failed >= LEAST_SAMPLES) {
            decide(now);
            startWindow(now);
        }
    }

    private void succeeded(long latency) {
        samples++;
        fast += latency <= bound() ? 1 : 0;
        fastest = Math.min(fastest, latency);
    }

    /** What takes longer is slow. */
    private long bound() {
        return baseline == Long.MAX_VALUE ? Long.MAX_VALUE : 2 * baseline + TOLERANCE;
    }

    /** Of all requests, whenever they began: while the platform is slow for everybody, nobody is slower than the rest. */
    private void noteUsual(long latency, long now) {
        recent++;
        fastestRecent = Math.min(fastestRecent, latency);
        if (recent >= LEAST_SAMPLES && now - recentSince >= WINDOW) {
            usual = fastestRecent;
            recent = 0;
            fastestRecent = Long.MAX_VALUE;
            recentSince = now;
        }
    }

    private void decide(long now) {
        boolean overloaded = isOverloaded();
        overloads = overloaded ? Math.min(SURE, overloads + 1) : Math.max(0, overloads - (norm > 0 ? 1 : WELL));
        if (norm > 0) {
            decideByNorm(now);
            return;
        }
        if (beforeProbe > 0) {
            limit = beforeProbe;
            beforeProbe = 0;
            remember(fastest, Long.MAX_VALUE, now);
        } else if (overloaded && peak > least) {
            decrease(now);
        } else if (reached && !slowStart) {
            steps = Math.min(steps + 1, MOST_STEPS);
            limit = Math.min(limit + steps * Math.max(1, Math.min(most * STEP, limit * LARGEST_STEP)), most);
        }
        renewMemory(now);
        if (overloads >= NO_HELP && beforeProbe == 0) {
            tryMore(now);
        }
    }

    private void decideByNorm(long now) {
        boolean known = slotTime.isKnown();
        boolean exceeded = known && slotTime.each(now) > EXCEEDED * norm;
        if (exceeded || overloads == 0) {
            norm = 0;
            overloads = 0;
            pause = SHORTEST_PAUSE;
            nextTrial = now;
            return;
        }
        if (known) {
            slotTime = RaiseTrial.sample(slots(), now);
        }
        tryMore(now);
    }

    /** It is of no use while fewer are needed. */
    private void tryMore(long now) {
        if (reached && slots() < most && now - nextTrial >= 0) {
            trial = new RaiseTrial(limit, most, norm > 0, now);
        }
    }

    private void end(RaiseTrial over, long now) {
        limit = over.limit();
        trial = null;
        if (over.hasHelped()) {
            norm = over.cost();
            pause = SHORTEST_PAUSE;
        }
        slotTime = RaiseTrial.sample(slots(), now);
        overloads = norm > 0 ? SURE : 0;
        nextTrial = now + pause;
        pause = Math.min(LONGER * pause, LONGEST_PAUSE);
        countsFrom = now;
        startWindow(now);
    }

    private boolean isOverloaded() {
        return failed * FAILED_ONE_IN > samples + failed || 4 * fast < samples;
    }

    private void decrease(long now) {
        double carried = fastest == Long.MAX_VALUE ? 1 : (double) bound() / fastest;
        double share = Math.clamp(carried, LARGEST_DECREASE, DECREASE);
        limit = Math.max(least, Math.min(limit, peak) * share);
        slowStart = false;
        steps = 0;
        countsFrom = now;
    }

    private void renewMemory(long now) {
        nextBaseline = Math.min(nextBaseline, fastest);
        baseline = Math.min(baseline, fastest);
        if (now - baselineSince < MEMORY || fastest == Long.MAX_VALUE) {
            return;
        }
        if (nextBaseline > RISEN * baseline && nextBaseline - baseline > NOISE && peak > least) {
            beforeProbe = limit;
            limit = Math.max(least, Math.min(limit, peak) / PROBE_WITH_ONE_IN);
            countsFrom = now;
        } else {
            remember(nextBaseline, Long.MAX_VALUE, now);
        }
    }

    private void remember(long fastestOfAll, long next, long now) {
        baseline = fastestOfAll;
        nextBaseline = next;
        baselineSince = now;
    }

    private void startWindow(long now) {
        windowSince = now;
        samples = 0;
        fast = 0;
        failed = 0;
        peak = 0;
        fastest = Long.MAX_VALUE;
        reached = false;
    }
}

package io.iotdarelay.limits;

import io.iotdarelay.telemetry.DeviceId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop knows about each recent device: whether its last request of one kind succeeded or failed. Belongs to
 * that loop, except that any thread may read the counts.
 */
final class FailureHistory {

    /** How many failing devices are remembered; the oldest are forgotten first. */
    private static final int MAX_FAILING = 10_000;

    /** How much a failure counts. */
    enum Weight {
        /** No response, or 5xx. */
        OUTAGE,

        /** Something other than the platform seems to respond: three times are enough. */
        FOREIGN_ANSWER,

        /** A refused device may have a wrong secret, however often it is refused; many refused devices prove more. */
        REFUSAL;

        private int with(int before) {
            return switch (this) {
                case OUTAGE -> before + 1;
                case FOREIGN_ANSWER -> before + 4;
                case REFUSAL -> Math.max(before, 1);
            };
        }
    }

    /**
     * How many of the recent devices fail and succeed.
     *
     * @param failing devices whose last request failed
     * @param succeeding devices whose last request succeeded
     * @param failures how often the failing ones failed, if it counts
     */
    record Counts(int failing, int succeeding, int failures, int generation) {
        static final Counts NONE = new Counts(0, 0, 0, 0);

        private Counts with(int failuresOfOne) {
            return new Counts(
                    failing + (failuresOfOne > 0 ? 1 : 0),
                    succeeding + (failuresOfOne > 0 ? 0 : 1),
                    failures + failuresOfOne,
                    generation);
        }
    }

    /**
     * Devices that have begun to fail since anything last succeeded: whose previous request, if any, did not fail.
     *
     * @param successes how many requests had succeeded by then
     * @param since when the first of them failed, in nanoseconds
     */
    record Run(long successes, int devices, long since) {
        static final Run NONE = new Run(-1, 0, 0);

        private Run with(long successesNow, long nanoTime) {
            return successes == successesNow
                    ? new Run(successes, devices + 1, since)
                    : new Run(successesNow, 1, nanoTime);
        }
    }

    /**
     * A recent device.
     *
     * @param failures failures that count; 0 if its last request succeeded
     * @param at how many requests had succeeded by then
     */
    private record Heard(int failures, long at) {}

    private final Evidence evidence;

    /** The device that was heard of last comes last. */
    private final Map<DeviceId, Heard> heard = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<DeviceId, Long> failing = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<DeviceId, Long> eldest) {
            return size() > MAX_FAILING;
        }
    };
    private volatile Counts counts = Counts.NONE;
    private volatile Run run = Run.NONE;

    FailureHistory(Evidence evidence) {
        this.evidence = evidence;
    }

    /** Whether the last request of the device failed. */
    boolean isFailing(DeviceId device) {
        return !failing.isEmpty() && failing.containsKey(device);
    }

    void succeeded(DeviceId device) {
        if (!failing.isEmpty()) {
            failing.remove(device);
        }
        hear(device, 0);
    }

    /**
     * A request failed. Returns whether that counts against the platform: not if several others succeeded while it was in
     * flight, nor if the device had failed before and another has succeeded since.
     *
     * @param begun how many requests had succeeded when this one was sent
     */
    boolean failed(DeviceId device, Weight weight, long begun) {
        long now = evidence.successes();
        Long before = failing.put(device, now);
        boolean failsAlone = before != null && before < now;
        if (failsAlone || othersSucceededSince(begun) >= evidence.leastFailures()) {
            return false;
        }
        if (before == null && begun == now && weight != Weight.REFUSAL) {
            run = run.with(now, evidence.nanoTime());
        }
        Heard last = isCurrent() ? heard.get(device) : null;
        hear(device, weight.with(last == null ? 0 : last.failures()));
        return true;
    }

    Counts counts() {
        return counts;
    }

    Run run() {
        return run;
    }

    private long othersSucceededSince(long begun) {
        return isCurrent()
                ? heard.values().stream()
                        .filter(other -> other.failures() == 0 && other.at() > begun)
                        .count()
                : 0;
    }

    private boolean isCurrent() {
        return counts.generation() == evidence.generation();
    }

    private void hear(DeviceId device, int failures) {
        if (!isCurrent()) {
            heard.clear();
            counts = new Counts(0, 0, 0, evidence.generation());
        }
        Heard before = heard.put(device, new Heard(failures, evidence.successes()));
        Counts now = before != null && before.failures() == failures
                ? counts
                : without(counts, before).with(failures);
        if (heard.size() > evidence.window()) {
            DeviceId eldest = heard.keySet().iterator().next();
            now = without(now, heard.remove(eldest));
        }
        if (!now.equals(counts)) {
            counts = now;
        }
    }

    private static Counts without(Counts counts, @Nullable Heard gone) {
        return gone == null
                ? counts
                : new Counts(
                        counts.failing() - (gone.failures() > 0 ? 1 : 0),
                        counts.succeeding() - (gone.failures() > 0 ? 0 : 1),
                        counts.failures() - gone.failures(),
                        counts.generation());
    }
}

package io.iotdarelay.tokens;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose turn it is to authenticate which device. All instances read the same claims in the same order, and compare the timestamps of
 * their records, not their own clocks; so they agree. The reading thread changes it; any thread may ask.
 */
final class Claims {

    /** For how long a claim keeps others waiting, unless it is made again. So this is how long a dead instance is waited for. */
    static final Duration VALID = Duration.ofSeconds(5);

    /** A claim that differs more from this instance's clock is an old one that was read again, or a forged one. */
    private static final Duration CREDIBLE = Duration.ofMinutes(1);

    /** More devices than that are not authenticated at the same time. */
    private static final int MOST = 100_000;

    /** What becomes of a claim. */
    enum Outcome {
        /** It is the first: its instance authenticates. */
        WON,
        /** Another one was first. */
        LOST,
        /** There is a newer token than it knew of. */
        OVERTAKEN
    }

    private record Holder(Claim claim, long recordedAt, long until) {}

    private final Map<DeviceId, Holder> holders = new ConcurrentHashMap<>();

    /**
     * A claim was read.
     *
     * @param newest when the newest known token was fetched
     * @param recordedAt the timestamp of its record
     * @param nanos now
     */
    Outcome add(DeviceId device, Claim claim, long newest, long recordedAt, long nanos) {
        if (claim.replaces() < newest) {
            return Outcome.OVERTAKEN;
        }
        Holder holder = holders.get(device);
        if (holder != null && !holder.claim().isSameAs(claim) && recordedAt - holder.recordedAt() < VALID.toMillis()) {
            return Outcome.LOST;
        }
        if (holder != null || holders.size() < MOST) {
            holders.put(device, new Holder(claim, recordedAt, nanos + VALID.toNanos()));
        }
        return Outcome.WON;
    }

    static boolean isCredible(Claim claim, long now) {
        return Math.abs(now - claim.at()) < CREDIBLE.toMillis();
    }

    /** This claim is given up. Any other one stays. */
    void end(DeviceId device, Claim over) {
        holders.computeIfPresent(device, (id, holder) -> holder.claim().isSameAs(over) ? null : holder);
    }

    /** A token was read. If it is newer than the one that was to be replaced, what was claimed is done. */
    void end(DeviceId device, long fetchedAt) {
        holders.computeIfPresent(device, (id, holder) -> holder.claim().replaces() < fetchedAt ? null : holder);
    }

    /** For how long another instance's claim is still valid, in nanoseconds; 0 if there is none. */
    long heldByOthers(DeviceId device, long instance, long nanos) {
        Holder holder = holders.get(device);
        return holder == null || holder.claim().instance() == instance ? 0 : Math.max(0, holder.until() - nanos);
    }

    /** Forgets what is over. */
    void sweep(long nanos) {
        holders.values().removeIf(holder -> holder.until() - nanos < 0);
    }
}

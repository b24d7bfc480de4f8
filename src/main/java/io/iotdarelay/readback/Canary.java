package io.iotdarelay.readback;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A device that stands for others. At rest, or waiting for its next report, or being checked. */
final class Canary {

    /** So often it may be checked without a report of a service before it no longer stands for that. */
    private static final int MOST_MISSED = 3;

    private final DeviceId device;

    /** What it stands for, and how many checks in a row had nothing of that. */
    private final Map<Target, Integer> missed = new LinkedHashMap<>();

    private Instant due;
    private Instant watchedSince = Instant.MAX;
    private @Nullable Capture capture;
    private @Nullable Check check;

    Canary(DeviceId device, Instant due) {
        this.device = device;
        this.due = due;
    }

    DeviceId device() {
        return device;
    }

    Map<Target, Integer> missed() {
        return missed;
    }

    boolean isDue(Instant now) {
        return capture == null && !due.isAfter(now);
    }

    @Nullable
    Capture capture() {
        return capture;
    }

    @Nullable
    Check check() {
        return check;
    }

    /** It waits for the next report, unless one is there. */
    void watch(Capture reports, Instant now) {
        capture = reports;
        watchedSince = now;
    }

    /** It goes on waiting: what it reported so far is of no use. */
    void watchOn(Capture reports) {
        capture = reports;
    }

    void open(Check opened) {
        check = opened;
        missed.replaceAll((target, times) -> opened.isOf(target) ? 0 : times + 1);
    }

    /** Its reports had nothing of what it stands for. */
    void missedAll() {
        missed.replaceAll((target, times) -> times + 1);
    }

    boolean isWatchedFor(Duration time, Instant now) {
        return capture != null && check == null && watchedSince.plus(time).isBefore(now);
    }

    void rest(Instant until) {
        capture = null;
        check = null;
        due = until;
    }

    /**
     * Whether another device should stand for this: it reports nothing, or nothing of that.
     *
     * @param longest how long a device may take between two reports
     */
    boolean isSilent(Target target, Duration longest, Instant now) {
        return missed.getOrDefault(target, 0) >= MOST_MISSED || isWatchedFor(longest, now);
    }
}

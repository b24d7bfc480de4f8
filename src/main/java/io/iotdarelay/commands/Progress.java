package io.iotdarelay.commands;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** How far a verb is: a line on the standard error that is written over, and only where somebody looks on. */
final class Progress {

    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int WIDTH = 24;
    private static final String CLEAR = "\r\033[K";

    private final PrintWriter err;
    private final boolean shown;
    private final LongSupplier nanoTime;
    private final long total;
    private final long begin;
    private long done;
    private long printed;
    private boolean isOnLine;

    /**
     * Nothing is done yet.
     *
     * @param total how much there is to do
     */
    Progress(Surroundings here, long total) {
        this.err = here.err();
        this.shown = here.terminal();
        this.nanoTime = here.nanoTime();
        this.total = total;
        this.begin = nanoTime.getAsLong();
        this.printed = begin;
    }

    /** One more is done. */
    void step() {
        done++;
        long now = nanoTime.getAsLong();
        if (shown && now - printed >= INTERVAL) {
            printed = now;
            isOnLine = true;
            err.print(CLEAR + line(now));
            err.flush();
        }
    }

    /** Makes room for a line of something else. */
    void clear() {
        if (isOnLine) {
            isOnLine = false;
            err.print(CLEAR);
            err.flush();
        }
    }

    /** How long it has taken so far. */
    Duration time() {
        return Duration.ofNanos(nanoTime.getAsLong() - begin);
    }

    private String line(long now) {
        double seconds = (now - begin) / (double) TimeUnit.SECONDS.toNanos(1);
        double rate = done / seconds;
        int full = (int) (WIDTH * Math.min(done, total) / Math.max(total, 1));
        return String.format(
                Locale.ROOT,
                "[%s%s] %d of %d, %.1f a second, %s left",
                "#".repeat(full),
                "-".repeat(WIDTH - full),
                done,
                total,
                rate,
                about(Duration.ofSeconds(Math.round(Math.max(0, total - done) / rate))));
    }

    /** A duration for people. */
    static String about(Duration time) {
        if (time.toMinutes() < 2) {
            return Math.max(1, time.toSeconds()) + " s";
        }
        return time.toHours() < 2 ? time.toMinutes() + " min" : time.toHours() + " h";
    }

    /** What so many calls take at a rate. */
    static String about(long calls, double rate) {
        return about(Duration.ofSeconds((long) Math.ceil(calls / rate)));
    }
}

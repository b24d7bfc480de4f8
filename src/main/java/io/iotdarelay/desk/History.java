package io.iotdarelay.desk;

import io.iotdarelay.metrics.FlowTotals.Totals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Samples of the last hour: how many records a second were delivered, how long they took, how many requests failed and how many dead
 * letters there were. As many as fit into the hour. For one thread.
 */
final class History {

    static final Duration EVERY = Duration.ofSeconds(10);
    static final int MOST = 360;

    private static final double SHARE = 0.95;
    private static final double MILLIS = 1000.0;

    private final Supplier<Totals> totals;
    private final InstantSource time;
    private final Deque<List<@Nullable Number>> samples = new ArrayDeque<>();
    private @Nullable Totals before;
    private Instant at = Instant.EPOCH;

    History(Supplier<Totals> totals, InstantSource time) {
        this.totals = totals;
        this.time = time;
    }

    /**
     * What has happened since the last time, which is what the first call only notes.
     *
     * @return when, in seconds of the epoch; delivered a second; seconds that 95 of 100 records took at most, or null where there was none;
     *     failed requests a second; dead letters a second
     */
    Optional<List<@Nullable Number>> sample() {
        Totals now = totals.get();
        Instant instant = time.instant();
        Totals former = before;
        double seconds = Duration.between(at, instant).toMillis() / MILLIS;
        before = now;
        at = instant;
        if (former == null || seconds <= 0) {
            return Optional.empty();
        }
        List<@Nullable Number> sample = Arrays.<@Nullable Number>asList(
                instant.getEpochSecond(),
                perSecond(now.delivered() - former.delivered(), seconds),
                latency(former.latencies(), now.latencies()),
                perSecond(now.failedRequests() - former.failedRequests(), seconds),
                perSecond(now.rejected() - former.rejected(), seconds));
        samples.add(sample);
        if (samples.size() > MOST) {
            samples.remove();
        }
        return Optional.of(sample);
    }

    Map<String, Object> all() {
        return Map.of("everySeconds", EVERY.toSeconds(), "samples", new ArrayList<>(samples));
    }

    private static double perSecond(double count, double seconds) {
        return Math.round(Math.max(0, count) / seconds * 100) / 100.0;
    }

    /** Between two bounds, records are taken to be spread evenly. Beyond the last bound, it is the bound. */
    static @Nullable Double latency(SortedMap<Double, Double> former, SortedMap<Double, Double> now) {
        double all = now.isEmpty() ? 0 : came(former, now, now.lastKey());
        double wanted = all * SHARE;
        double below = 0;
        double bound = 0;
        for (double next : now.keySet()) {
            double count = came(former, now, next);
            if (all > 0 && count >= wanted) {
                double part = count > below ? (wanted - below) / (count - below) : 1;
                return Math.round((bound + (next - bound) * part) * MILLIS) / MILLIS;
            }
            below = count;
            bound = next;
        }
        return null;
    }

    private static double came(SortedMap<Double, Double> former, SortedMap<Double, Double> now, double bound) {
        return now.getOrDefault(bound, 0.0) - former.getOrDefault(bound, 0.0);
    }
}

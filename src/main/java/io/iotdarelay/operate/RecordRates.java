package io.iotdarelay.operate;

import io.iotdarelay.metrics.RecordMeters;
import io.iotdarelay.metrics.RecordMeters.Totals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** How many records a second each route has had lately. Counts are read every few seconds on the desk's thread, to which all of it belongs. */
final class RecordRates implements AutoCloseable {

    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final int MOST = 13;

    private record Sample(Instant at, Map<String, Totals> totals) {}

    private final RecordMeters meters;
    private final InstantSource time;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Disposable sampling;

    RecordRates(RecordMeters meters, InstantSource time, Scheduler desk) {
        this.meters = meters;
        this.time = time;
        this.sampling = desk.schedulePeriodically(this::sample, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void sample() {
        samples.add(new Sample(time.instant(), meters.totals()));
        if (samples.size() > MOST) {
            samples.remove();
        }
    }

    /** The records of a second over the last minute, or since the start if that is shorter; 0 where that is not known yet. */
    Map<String, Double> perSecond(ToLongFunction<Totals> count) {
        Map<String, Double> rates = new LinkedHashMap<>();
        Instant now = time.instant();
        Sample first = samples.peekFirst();
        meters.totals().forEach((route, totals) -> {
            Totals before = first == null ? null : first.totals().get(route);
            double seconds =
                    first == null ? 0 : Duration.between(first.at(), now).toMillis() / 1000.0;
            long came = count.applyAsLong(totals) - (before == null ? 0 : count.applyAsLong(before));
            rates.put(route, seconds < 1 ? 0 : Math.round(came / seconds * 10) / 10.0);
        });
        return rates;
    }

    @Override
    public void close() {
        sampling.dispose();
    }
}

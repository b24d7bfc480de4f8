package io.iotdarelay.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts per address, from which so many are taken each second. Bounded; callable from any thread. */
final class DecayingCounts {

    private static final int MOST_REMEMBERED = 10_000;
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(5);
    private static final double NANOS = Duration.ofSeconds(1).toNanos();

    private record Count(double value, long at) {}

    private final LongSupplier nanoTime;
    private final double perSecond;
    private final Cache<String, Count> counts;

    DecayingCounts(LongSupplier nanoTime, double perSecond) {
        this.nanoTime = nanoTime;
        this.perSecond = perSecond;
        counts = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(FORGOTTEN_AFTER)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    double of(String address) {
        return left(counts.getIfPresent(address));
    }

    void add(String address) {
        counts.asMap().compute(address, (any, former) -> new Count(left(former) + 1, nanoTime.getAsLong()));
    }

    /** How many addresses are remembered. */
    long size() {
        counts.cleanUp();
        return counts.estimatedSize();
    }

    private double left(@Nullable Count count) {
        return count == null ? 0 : Math.max(0, count.value() - (nanoTime.getAsLong() - count.at()) / NANOS * perSecond);
    }
}

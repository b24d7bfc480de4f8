package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Reads what the meters have counted since the start, of all routes together. Callable from any thread. */
public final class FlowTotals {

    private static final String ACCEPTED = "accepted";

    private final MeterRegistry registry;
    private final RecordMeters records;

    FlowTotals(MeterRegistry registry, RecordMeters records) {
        this.registry = registry;
        this.records = records;
    }

    /**
     * What was counted.
     *
     * @param delivered records
     * @param rejected records that became dead letters
     * @param failedRequests requests to the platform that were not accepted
     * @param latencies how many delivered records took at most so many seconds, by seconds
     */
    public record Totals(
            double delivered, double rejected, double failedRequests, SortedMap<Double, Double> latencies) {

        public Totals {
            latencies = new TreeMap<>(latencies);
        }
    }

    /** What was counted until now. */
    public Totals now() {
        SortedMap<Double, Double> latencies = new TreeMap<>();
        for (Timer timer : registry.find(RelayMeter.RECORD_LATENCY.getName()).timers()) {
            for (CountAtBucket bucket : timer.takeSnapshot().histogramCounts()) {
                latencies.merge(bucket.bucket(TimeUnit.SECONDS), bucket.count(), Double::sum);
            }
        }
        double failed = registry.find(RelayMeter.REQUESTS.getName()).counters().stream()
                .filter(counter -> !ACCEPTED.equals(counter.getId().getTag(RelayMeter.Label.OUTCOME.asString())))
                .mapToDouble(Counter::count)
                .sum();
        double delivered = 0;
        double rejected = 0;
        for (RecordMeters.Totals route : records.totals().values()) {
            delivered += route.delivered();
            rejected += route.rejected();
        }
        return new Totals(delivered, rejected, failed, latencies);
    }
}

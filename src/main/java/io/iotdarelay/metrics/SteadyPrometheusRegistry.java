package io.iotdarelay.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps the counts of records constant during a scrape. */
final class SteadyPrometheusRegistry extends PrometheusRegistry {

    private final RecordCounts counts;

    SteadyPrometheusRegistry(RecordCounts counts) {
        this.counts = counts;
    }

    @Override
    public MetricSnapshots scrape() {
        return counts.scrape(super::scrape);
    }

    @Override
    public MetricSnapshots scrape(@Nullable PrometheusScrapeRequest request) {
        return counts.scrape(() -> super.scrape(request));
    }

    @Override
    public MetricSnapshots scrape(@Nullable Predicate<String> includedNames) {
        return counts.scrape(() -> super.scrape(includedNames));
    }

    @Override
    public MetricSnapshots scrape(
            @Nullable Predicate<String> includedNames, @Nullable PrometheusScrapeRequest request) {
        return counts.scrape(() -> super.scrape(includedNames, request));
    }
}

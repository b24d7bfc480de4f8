package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what product models say against reports. Callable from any thread. */
public final class ModelMeters {

    private final Meter.MeterProvider<Counter> findings;

    public ModelMeters(MeterRegistry registry) {
        findings = Counter.builder(RelayMeter.MODEL_FINDINGS.getName())
                .description(RelayMeter.MODEL_FINDINGS.description())
                .withRegistry(registry);
    }

    /** Something was found in a report, so many times. */
    public void found(String route, String rule, String action, int times) {
        findings.withTags(
                        RelayMeter.Label.ROUTE.asString(),
                        route,
                        RelayMeter.Label.RULE.asString(),
                        rule,
                        RelayMeter.Label.ACTION.asString(),
                        action)
                .increment(times);
    }
}

package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;

/** Counts what product models say against reports. Callable from any thread. */
public final class ModelMeters {

    private final MeterRegistry registry;
    private final Meter.MeterProvider<Counter> findings;

    /** Held here: the counter itself does not keep it. */
    private volatile LongSupplier changes = () -> 0;

    public ModelMeters(MeterRegistry registry) {
        this.registry = registry;
        findings = Counter.builder(RelayMeter.MODEL_FINDINGS.getName())
                .description(RelayMeter.MODEL_FINDINGS.description())
                .withRegistry(registry);
    }

    /** Shows how many models have taken the place of another one. */
    public void countChanges(LongSupplier count) {
        changes = count;
        FunctionCounter.builder(RelayMeter.MODEL_CHANGES.getName(), this, meters -> meters.changes.getAsLong())
                .description(RelayMeter.MODEL_CHANGES.description())
                .register(registry);
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

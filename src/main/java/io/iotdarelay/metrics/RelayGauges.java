package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** Publishes single values of the relay. */
public final class RelayGauges {

    private final MeterRegistry registry;

    public RelayGauges(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Asks for the value at every scrape. */
    public void show(RelayMeter meter, Supplier<Number> value) {
        Gauge.builder(meter.getName(), value)
                .description(meter.description())
                .baseUnit(meter.shownUnit())
                .register(registry);
    }

    /** The same for one value of a label. */
    public void show(RelayMeter meter, RelayMeter.Label label, String labelled, Supplier<Number> value) {
        Gauge.builder(meter.getName(), value)
                .description(meter.description())
                .baseUnit(meter.shownUnit())
                .tag(label.asString(), labelled)
                .register(registry);
    }
}

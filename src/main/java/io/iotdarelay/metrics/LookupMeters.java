package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what the platform says about devices that are looked up. Callable from any thread. */
public final class LookupMeters {

    private final Meter.MeterProvider<Counter> lookups;

    public LookupMeters(MeterRegistry registry) {
        lookups = Counter.builder(RelayMeter.DEVICES_LOOKUPS.getName())
                .description(RelayMeter.DEVICES_LOOKUPS.description())
                .withRegistry(registry);
    }

    /** A device was looked up. */
    public void finished(String outcome) {
        lookups.withTags(RelayMeter.Label.OUTCOME.asString(), outcome).increment();
    }
}

package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts devices that the platform was asked for, that were to be created, and that were to be kept. Callable from any thread. */
public final class RegistrationMeters {

    private final Meter.MeterProvider<Counter> lookups;
    private final Meter.MeterProvider<Counter> registrations;
    private final Meter.MeterProvider<Counter> kept;

    public RegistrationMeters(MeterRegistry registry) {
        lookups = counter(RelayMeter.DEVICES_LOOKUPS, registry);
        registrations = counter(RelayMeter.DEVICES_REGISTRATIONS, registry);
        kept = counter(RelayMeter.DEVICES_KEPT, registry);
    }

    private static Meter.MeterProvider<Counter> counter(RelayMeter meter, MeterRegistry registry) {
        return Counter.builder(meter.getName()).description(meter.description()).withRegistry(registry);
    }

    /** What the platform said about a device. */
    public void lookedUp(String outcome) {
        lookups.withTag(RelayMeter.Label.OUTCOME.asString(), outcome).increment();
    }

    /** What became of a device that a route wanted to create. */
    public void registered(String route, String outcome) {
        registrations
                .withTags(RelayMeter.Label.ROUTE.asString(), route, RelayMeter.Label.OUTCOME.asString(), outcome)
                .increment();
    }

    /** What became of a device that was to be kept. */
    public void kept(String outcome) {
        kept.withTag(RelayMeter.Label.OUTCOME.asString(), outcome).increment();
    }
}

package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what the schema registry answers. Callable from any thread. */
public final class RegistryMeters {

    private final Meter.MeterProvider<Counter> requests;

    public RegistryMeters(MeterRegistry registry) {
        requests = Counter.builder(RelayMeter.REGISTRY_REQUESTS.getName())
                .description(RelayMeter.REGISTRY_REQUESTS.description())
                .withRegistry(registry);
    }

    /** It has the schema. */
    public void found() {
        count("found");
    }

    /** It does not have it. */
    public void unknown() {
        count("unknown");
    }

    /** It does not say. */
    public void failed() {
        count("failed");
    }

    private void count(String outcome) {
        requests.withTag(RelayMeter.Label.OUTCOME.asString(), outcome).increment();
    }
}

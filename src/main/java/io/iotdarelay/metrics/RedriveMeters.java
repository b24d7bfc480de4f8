package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts dead letters that were sent again. Callable from any thread. */
public final class RedriveMeters {

    private final Counter delivered;
    private final Counter rejected;

    public RedriveMeters(MeterRegistry registry) {
        delivered = counter(registry, "delivered");
        rejected = counter(registry, "rejected");
    }

    private static Counter counter(MeterRegistry registry, String outcome) {
        return Counter.builder(RelayMeter.REDRIVEN.getName())
                .description(RelayMeter.REDRIVEN.description())
                .tag(RelayMeter.Label.OUTCOME.asString(), outcome)
                .register(registry);
    }

    public void delivered() {
        delivered.increment();
    }

    public void rejected() {
        rejected.increment();
    }
}

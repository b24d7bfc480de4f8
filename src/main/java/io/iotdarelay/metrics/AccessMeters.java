package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts failed logins, and changes made over HTTP. Callable from any thread. */
public final class AccessMeters {

    private final Meter.MeterProvider<Counter> logins;
    private final Meter.MeterProvider<Counter> changes;

    public AccessMeters(MeterRegistry registry) {
        logins = counter(registry, RelayMeter.LOGINS_FAILED);
        changes = counter(registry, RelayMeter.CHANGES);
    }

    private static Meter.MeterProvider<Counter> counter(MeterRegistry registry, RelayMeter meter) {
        return Counter.builder(meter.getName()).description(meter.description()).withRegistry(registry);
    }

    /** The name or the password is wrong. */
    public void loginRefused() {
        count(logins, "refused");
    }

    /** Not even tried, after too many failures. */
    public void loginThrottled() {
        count(logins, "throttled");
    }

    /** A user changed something. */
    public void changed() {
        count(changes, "accepted");
    }

    /** A user tried to change something without being permitted to. */
    public void changeRefused() {
        count(changes, "refused");
    }

    private static void count(Meter.MeterProvider<Counter> counter, String outcome) {
        counter.withTag(RelayMeter.Label.OUTCOME.asString(), outcome).increment();
    }
}

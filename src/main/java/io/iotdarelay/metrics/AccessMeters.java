package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/** Counts failed logins, and changes made over HTTP. Callable from any thread. */
public final class AccessMeters {

    private static final String REFUSED = "refused";
    private static final String THROTTLED = "throttled";
    private static final String ACCEPTED = "accepted";
    private static final List<String> OUTCOMES_OF_LOGINS = List.of(REFUSED, THROTTLED);
    private static final List<String> OUTCOMES_OF_CHANGES = List.of(ACCEPTED, REFUSED);

    private final Meter.MeterProvider<Counter> logins;
    private final Meter.MeterProvider<Counter> changes;

    public AccessMeters(MeterRegistry registry) {
        logins = counter(registry, RelayMeter.LOGINS_FAILED);
        changes = counter(registry, RelayMeter.CHANGES);
        // From the start, so that the first ones are an increase.
        OUTCOMES_OF_LOGINS.forEach(outcome -> of(logins, outcome));
        OUTCOMES_OF_CHANGES.forEach(outcome -> of(changes, outcome));
    }

    private static Meter.MeterProvider<Counter> counter(MeterRegistry registry, RelayMeter meter) {
        return Counter.builder(meter.getName()).description(meter.description()).withRegistry(registry);
    }

    /** The name or the password is wrong. */
    public void loginRefused() {
        of(logins, REFUSED).increment();
    }

    /** Not even tried, after too many failures. */
    public void loginThrottled() {
        of(logins, THROTTLED).increment();
    }

    /** A user changed something. */
    public void changed() {
        of(changes, ACCEPTED).increment();
    }

    /** A user tried to change something without being permitted to. */
    public void changeRefused() {
        of(changes, REFUSED).increment();
    }

    private static Counter of(Meter.MeterProvider<Counter> counter, String outcome) {
        return counter.withTag(RelayMeter.Label.OUTCOME.asString(), outcome);
    }
}

package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Counts what shadows show of delivered reports, and shows what stands. Belongs to one thread. */
public final class ReadBackMeters {

    /** IDs of services may come from data. */
    private static final int MOST_SERVICES = 1_000;

    private static final String OTHER = "other";

    private record Labelled(String route, String service) {}

    private final Meter.MeterProvider<Counter> found;
    private final Meter.MeterProvider<Counter> forgotten;
    private final MeterRegistry registry;
    private final Set<Labelled> labelled = new HashSet<>();
    private final Set<String> shown = new HashSet<>();

    public ReadBackMeters(MeterRegistry registry) {
        found = Counter.builder(RelayMeter.READ_BACK.getName())
                .description(RelayMeter.READ_BACK.description())
                .withRegistry(registry);
        forgotten = Counter.builder(RelayMeter.READ_BACK_FORGOTTEN.getName())
                .description(RelayMeter.READ_BACK_FORGOTTEN.description())
                .withRegistry(registry);
        this.registry = registry;
    }

    /** Begins with 0, too. */
    public void expectForgotten(List<String> reasons) {
        reasons.forEach(reason -> forgotten(reason, 0));
    }

    /** Checks came to no verdict. */
    public void forgotten(String reason, int times) {
        forgotten.withTag(RelayMeter.Label.REASON.asString(), reason).increment(times);
    }

    /**
     * Shows a route from now on, unless it is shown already. Routes are configured, so there are few.
     *
     * @param age how many seconds ago something of it was seen on the platform
     * @param notStored how many of its properties are not stored again and again
     */
    public void show(String route, Supplier<Number> age, Supplier<Number> notStored) {
        if (shown.add(route)) {
            show(RelayMeter.READ_BACK_AGE, route, age);
            show(RelayMeter.READ_BACK_NOT_STORED, route, notStored);
        }
    }

    private void show(RelayMeter meter, String route, Supplier<Number> value) {
        Gauge.builder(meter.getName(), value)
                .description(meter.description())
                .baseUnit(meter.shownUnit())
                .tag(RelayMeter.Label.ROUTE.asString(), route)
                .register(registry);
    }

    /** Begins with 0, so that the first one counts as an increase. */
    public void expect(String route, String service, List<String> outcomes) {
        outcomes.forEach(outcome -> counter(route, service, outcome));
    }

    /** A report was looked for. */
    public void found(String route, String service, String outcome) {
        counter(route, service, outcome).increment();
    }

    private Counter counter(String route, String service, String outcome) {
        Labelled both = new Labelled(route, service);
        boolean known = labelled.contains(both) || (labelled.size() < MOST_SERVICES && labelled.add(both));
        return found.withTags(
                RelayMeter.Label.ROUTE.asString(),
                route,
                RelayMeter.Label.SERVICE.asString(),
                known ? service : OTHER,
                RelayMeter.Label.OUTCOME.asString(),
                outcome);
    }
}

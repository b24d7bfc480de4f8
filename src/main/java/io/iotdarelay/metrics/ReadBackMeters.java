package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Counts what shadows show of delivered reports. Belongs to one thread. */
public final class ReadBackMeters {

    /** IDs of services may come from data. */
    private static final int MOST_SERVICES = 1_000;

    private static final String OTHER = "other";

    private record Labelled(String route, String service) {}

    private final Meter.MeterProvider<Counter> found;
    private final Set<Labelled> labelled = new HashSet<>();

    public ReadBackMeters(MeterRegistry registry) {
        found = Counter.builder(RelayMeter.READ_BACK.getName())
                .description(RelayMeter.READ_BACK.description())
                .withRegistry(registry);
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

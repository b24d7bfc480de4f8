package io.iotdarelay.metrics;

import io.iotdarelay.telemetry.RejectionReason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Counts records, so that the counts add up at every scrape. The poll thread, on which records begin and are settled, does
 * the counting and publishes all counts together.
 */
public final class RecordMeters {

    private static final Duration[] LATENCIES = {
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1)
    };

    private final MeterRegistry registry;
    private final RecordCounts counts;
    private final Map<String, Tally> tallies = new LinkedHashMap<>();
    private boolean changed;

    /** What is counted for one route. */
    private static final class Tally {
        private final Timer latency;
        private final Map<RejectionReason, Long> rejected = new EnumMap<>(RejectionReason.class);
        private long begun;
        private long delivered;
        private long skipped;
        private long abandoned;
        private long reportsDelivered;
        private long reportsRejected;
        private long superseded;
        private long reportsSuperseded;

        Tally(Timer latency) {
            this.latency = latency;
        }

        RecordCounts.OfRoute counts() {
            return new RecordCounts.OfRoute(
                    begun,
                    delivered,
                    skipped,
                    abandoned,
                    rejected,
                    reportsDelivered,
                    reportsRejected,
                    superseded,
                    reportsSuperseded);
        }
    }

    RecordMeters(MeterRegistry registry, RecordCounts counts) {
        this.registry = registry;
        this.counts = counts;
    }

    /**
     * What a route has had since the start.
     *
     * @param rejectedBy by the reason's code
     */
    public record Totals(long begun, long delivered, long skipped, Map<String, Long> rejectedBy) {

        public Totals {
            rejectedBy = Map.copyOf(rejectedBy);
        }

        public long rejected() {
            return rejectedBy.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** What each route has had since the start, as it was published last. Callable from any thread. */
    public Map<String, Totals> totals() {
        Map<String, Totals> totals = new TreeMap<>();
        counts.published().forEach((route, count) -> {
            Map<String, Long> rejected = new TreeMap<>();
            count.rejected().forEach((reason, records) -> rejected.put(reason.code(), records));
            totals.put(route, new Totals(count.begun(), count.delivered(), count.skipped(), rejected));
        });
        return totals;
    }

    /** Shows these routes from the start, before any of them has had a record. */
    public void expect(List<String> routes) {
        routes.forEach(this::tally);
        publish();
    }

    public void begun(String route) {
        tally(route).begun++;
    }

    /**
     * A record was delivered.
     *
     * @param latency from the record's timestamp to the platform's 2xx; a timestamp in the future counts as none
     */
    public void delivered(String route, Duration latency) {
        Tally tally = tally(route);
        tally.delivered++;
        tally.latency.record(latency.isNegative() ? Duration.ZERO : latency);
    }

    /** A dead letter of a route was sent again, and delivered. How long that took says nothing about the flow. */
    public void redelivered(String route) {
        tally(route).delivered++;
    }

    /** A report of a route was delivered. Its record may have others. */
    public void reportDelivered(String route) {
        tally(route).reportsDelivered++;
    }

    /** A report of a route was rejected. */
    public void reportRejected(String route) {
        tally(route).reportsRejected++;
    }

    /** A report of a route was not sent, for newer ones replace it. */
    public void reportSuperseded(String route) {
        tally(route).reportsSuperseded++;
    }

    /** A record that is skipped was replaced by newer ones. */
    public void superseded(String route) {
        tally(route).superseded++;
    }

    public void rejected(String route, RejectionReason reason) {
        tally(route).rejected.merge(reason, 1L, Long::sum);
    }

    public void skipped(String route) {
        tally(route).skipped++;
    }

    public void abandoned(String route, long records) {
        tally(route).abandoned += records;
    }

    /** Makes what was counted since the last time visible, all of it at once. */
    public void publish() {
        if (changed) {
            changed = false;
            Map<String, RecordCounts.OfRoute> all = new LinkedHashMap<>();
            tallies.forEach((route, tally) -> all.put(route, tally.counts()));
            counts.publish(all);
        }
    }

    private Tally tally(String route) {
        changed = true;
        return tallies.computeIfAbsent(route, this::register);
    }

    private Tally register(String route) {
        counter(RelayMeter.RECORDS_BEGUN, route, RecordCounts.OfRoute::begun);
        counter(RelayMeter.RECORDS_DELIVERED, route, RecordCounts.OfRoute::delivered);
        counter(RelayMeter.RECORDS_SKIPPED, route, RecordCounts.OfRoute::skipped);
        counter(RelayMeter.RECORDS_SUPERSEDED, route, RecordCounts.OfRoute::superseded);
        counter(RelayMeter.RECORDS_ABANDONED, route, RecordCounts.OfRoute::abandoned);
        reports(route, "delivered", RecordCounts.OfRoute::reportsDelivered);
        reports(route, "rejected", RecordCounts.OfRoute::reportsRejected);
        reports(route, "superseded", RecordCounts.OfRoute::reportsSuperseded);
        for (RejectionReason reason : RejectionReason.values()) {
            FunctionCounter.builder(
                            RelayMeter.RECORDS_REJECTED.getName(),
                            counts,
                            shown -> shown.of(route).rejected(reason))
                    .description(RelayMeter.RECORDS_REJECTED.description())
                    .tag(RelayMeter.Label.ROUTE.asString(), route)
                    .tag(RelayMeter.Label.REASON.asString(), reason.code())
                    .register(registry);
        }
        Gauge.builder(
                        RelayMeter.RECORDS_IN_FLIGHT.getName(),
                        counts,
                        shown -> shown.of(route).inFlight())
                .description(RelayMeter.RECORDS_IN_FLIGHT.description())
                .tag(RelayMeter.Label.ROUTE.asString(), route)
                .register(registry);
        return new Tally(Timer.builder(RelayMeter.RECORD_LATENCY.getName())
                .description(RelayMeter.RECORD_LATENCY.description())
                .tag(RelayMeter.Label.ROUTE.asString(), route)
                .serviceLevelObjectives(LATENCIES)
                .register(registry));
    }

    private void reports(String route, String outcome, ToLongFunction<RecordCounts.OfRoute> count) {
        FunctionCounter.builder(RelayMeter.REPORTS.getName(), counts, shown -> count.applyAsLong(shown.of(route)))
                .description(RelayMeter.REPORTS.description())
                .tag(RelayMeter.Label.ROUTE.asString(), route)
                .tag(RelayMeter.Label.OUTCOME.asString(), outcome)
                .register(registry);
    }

    private void counter(RelayMeter meter, String route, ToLongFunction<RecordCounts.OfRoute> count) {
        FunctionCounter.builder(meter.getName(), counts, shown -> count.applyAsLong(shown.of(route)))
                .description(meter.description())
                .tag(RelayMeter.Label.ROUTE.asString(), route)
                .register(registry);
    }
}

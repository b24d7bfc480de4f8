package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Counts and times requests to the platform. Callable from any thread. */
public final class RequestMeters {

    private final Meter.MeterProvider<Counter> requests;
    private final Meter.MeterProvider<Timer> durations;
    private final Meter.MeterProvider<DistributionSummary> records;
    private final Map<String, OfApi> apis = new ConcurrentHashMap<>();
    private final Counter fetched;
    private final Counter contention;

    public RequestMeters(MeterRegistry registry) {
        requests = Counter.builder(RelayMeter.REQUESTS.getName())
                .description(RelayMeter.REQUESTS.description())
                .withRegistry(registry);
        durations = Timer.builder(RelayMeter.REQUEST_DURATION.getName())
                .description(RelayMeter.REQUEST_DURATION.description())
                .serviceLevelObjectives(
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(25),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(15))
                .withRegistry(registry);
        records = DistributionSummary.builder(RelayMeter.REQUEST_RECORDS.getName())
                .description(RelayMeter.REQUEST_RECORDS.description())
                .serviceLevelObjectives(1, 2, 5, 10, 20, 50, 100, 200, 500)
                .withRegistry(registry);
        fetched = Counter.builder(RelayMeter.TOKENS_FETCHED.getName())
                .description(RelayMeter.TOKENS_FETCHED.description())
                .register(registry);
        contention = Counter.builder(RelayMeter.TOKENS_CONTENTION.getName())
                .description(RelayMeter.TOKENS_CONTENTION.description())
                .register(registry);
    }

    /** A request is over, however it ended. */
    public void finished(String api, String outcome, long nanoseconds) {
        OfApi meters = of(api);
        meters.outcomes
                .computeIfAbsent(
                        outcome,
                        which -> requests.withTags(
                                RelayMeter.Label.API.asString(), api, RelayMeter.Label.OUTCOME.asString(), which))
                .increment();
        meters.duration.record(nanoseconds, TimeUnit.NANOSECONDS);
    }

    /** A request was sent with this many records. */
    public void carried(String api, int count) {
        of(api).records.record(count);
    }

    private OfApi of(String api) {
        return apis.computeIfAbsent(
                api,
                which -> new OfApi(
                        durations.withTag(RelayMeter.Label.API.asString(), which),
                        records.withTag(RelayMeter.Label.API.asString(), which),
                        new ConcurrentHashMap<>()));
    }

    /** Found once, because looking one up by its labels takes longer than counting. */
    private record OfApi(Timer duration, DistributionSummary records, Map<String, Counter> outcomes) {}

    public void tokenFetched() {
        fetched.increment();
    }

    public void tokenContended() {
        contention.increment();
    }
}

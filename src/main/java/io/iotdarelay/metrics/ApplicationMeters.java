package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Counts and times calls of the platform's application side. Callable from any thread. */
public final class ApplicationMeters {

    private final Meter.MeterProvider<Counter> requests;
    private final Meter.MeterProvider<Timer> durations;

    public ApplicationMeters(MeterRegistry registry) {
        requests = Counter.builder(RelayMeter.PLATFORM_REQUESTS.getName())
                .description(RelayMeter.PLATFORM_REQUESTS.description())
                .withRegistry(registry);
        durations = Timer.builder(RelayMeter.PLATFORM_REQUEST_DURATION.getName())
                .description(RelayMeter.PLATFORM_REQUEST_DURATION.description())
                .withRegistry(registry);
    }

    /** A call that was sent is over, however it ended. */
    public void finished(String api, String outcome, long nanoseconds) {
        count(api, outcome);
        durations.withTag(RelayMeter.Label.API.asString(), api).record(nanoseconds, TimeUnit.NANOSECONDS);
    }

    /** A call was not sent. */
    public void withheld(String api, String outcome) {
        count(api, outcome);
    }

    private void count(String api, String outcome) {
        requests.withTags(RelayMeter.Label.API.asString(), api, RelayMeter.Label.OUTCOME.asString(), outcome)
                .increment();
    }
}

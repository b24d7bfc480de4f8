package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what goes wrong with the store of tokens. Callable from any thread. */
public final class TokenStoreMeters {

    private final Counter failures;
    private final Meter.MeterProvider<Counter> ignored;

    public TokenStoreMeters(MeterRegistry registry) {
        failures = Counter.builder(RelayMeter.TOKENS_STORE_FAILURES.getName())
                .description(RelayMeter.TOKENS_STORE_FAILURES.description())
                .register(registry);
        ignored = Counter.builder(RelayMeter.TOKENS_STORE_IGNORED.getName())
                .description(RelayMeter.TOKENS_STORE_IGNORED.description())
                .withRegistry(registry);
    }

    /** A record was not written, or did not come back. */
    public void failed() {
        failures.increment();
    }

    /** A record was read that says nothing. */
    public void ignored(String reason) {
        ignored.withTag(RelayMeter.Label.REASON.asString(), reason).increment();
    }
}

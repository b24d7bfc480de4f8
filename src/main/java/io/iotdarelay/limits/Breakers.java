package io.iotdarelay.limits;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides whether requests may be sent at all; shared by all event loops.
 *
 * @param clock for timestamps that people read
 */
public record Breakers(Misconfiguration misconfiguration, Breaker reports, Breaker authentications, Clock clock) {

    Breaker of(RequestKind kind) {
        return switch (kind) {
            case REPORT -> reports;
            case AUTHENTICATION -> authentications;
        };
    }

    /** Why no more records should be read at the moment, if so. While a probe is due, some are needed to probe with. */
    public Optional<Obstacle> obstacle() {
        boolean probeIsDue = misconfiguration.admissible(RequestKind.AUTHENTICATION, true) > 0;
        return (probeIsDue ? Optional.<String>empty() : misconfiguration.reason())
                .map(Breakers::suspicion)
                .or(this::outage);
    }

    /** What is wrong. A suspected configuration stays suspected until something has succeeded. */
    public Optional<Obstacle> trouble() {
        return misconfiguration.reason().map(Breakers::suspicion).or(this::outage);
    }

    private Optional<Obstacle> outage() {
        return Stream.of(reports, authentications)
                .filter(Breaker::isOpen)
                .findFirst()
                .map(breaker -> new Obstacle(
                        false,
                        "circuit breaker " + breaker.name() + ": "
                                + breaker.lastFailure().orElse("opened by an operator")));
    }

    private static Obstacle suspicion(String why) {
        return new Obstacle(true, "the configuration seems to be wrong: " + why);
    }

    public List<BreakerStatus> status() {
        return List.of(misconfiguration.status(), reports.status(), authentications.status());
    }

    /** Called after each change of any of them, on the thread that made it. */
    void onChange(Runnable listener) {
        misconfiguration.onChange(listener);
        reports.onTransition(listener);
        authentications.onTransition(listener);
    }

    /** Whether requests may be sent without restriction. */
    boolean areClosed() {
        return reports.isClosed()
                && authentications.isClosed()
                && misconfiguration.reason().isEmpty();
    }
}

package io.iotdarelay.limits;

import java.util.List;

/** The gates of one event loop: one per request kind for a suspected wrong configuration, and one per breaker. */
final class Gates {

    /** A half-open breaker whose probes get no response for this many seconds gets further ones, one a second. */
    private static final int PATIENCE = 2;

    private final Breakers breakers;
    private final Pair reports;
    private final Pair authentications;

    /** The two gates that one kind of request passes. */
    private static final class Pair {
        private final Breaker breaker;
        private final Gate configuration;
        private final Gate gate;
        private int halfOpenFor;

        Pair(RequestKind kind, Breakers breakers) {
            this.breaker = breakers.of(kind);
            this.configuration = new Gate(failing -> breakers.misconfiguration().admissible(kind, failing));
            this.gate = new Gate(
                    failing -> breaker.isOpen() ? 0 : breaker.isHalfOpen() ? breaker.probes() : Integer.MAX_VALUE);
        }

        boolean admits(Waiter waiter) {
            return configuration.admits(waiter) && gate.admits(waiter);
        }

        void probeFurther() {
            halfOpenFor = breaker.isHalfOpen() ? halfOpenFor + 1 : 0;
            if (halfOpenFor > PATIENCE && gate.hasHealthyWaiter()) {
                breaker.withdraw();
            }
        }
    }

    Gates(Breakers breakers) {
        this.breakers = breakers;
        this.reports = new Pair(RequestKind.REPORT, breakers);
        this.authentications = new Pair(RequestKind.AUTHENTICATION, breakers);
    }

    private Pair of(RequestKind kind) {
        return switch (kind) {
            case REPORT -> reports;
            case AUTHENTICATION -> authentications;
        };
    }

    /** Whether the waiter is admitted; if not, it is parked. */
    boolean admits(RequestKind kind, Waiter waiter) {
        return of(kind).admits(waiter);
    }

    /** The waiter was refused a permit. */
    void park(RequestKind kind, Waiter waiter) {
        Pair pair = of(kind);
        boolean suspected = breakers.misconfiguration().admissible(kind, false) < Integer.MAX_VALUE;
        (suspected ? pair.configuration : pair.gate).park(waiter);
    }

    void forget(Waiter waiter) {
        all().forEach(gate -> gate.forget(waiter));
    }

    /** Resumes the waiters that may pass. */
    void letPass() {
        all().forEach(Gate::letPass);
    }

    /** Called every second. */
    void tick() {
        reports.probeFurther();
        authentications.probeFurther();
        letPass();
    }

    private List<Gate> all() {
        return List.of(reports.configuration, reports.gate, authentications.configuration, authentications.gate);
    }
}

package io.iotdarelay.benchmark;

import io.iotdarelay.testing.RelayProcess;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a relay that may end instead; then it throws what that one has printed. */
final class Wait {

    private Wait() {}

    /** Until the condition holds, which is asked so often. As long as the relay cannot be asked, it does not. */
    static void until(Measured relay, Duration every, BooleanSupplier condition) {
        while (!holds(condition)) {
            if (!relay.isAlive()) {
                throw new IllegalStateException(relay.output());
            }
            LockSupport.parkNanos(every.toNanos());
        }
    }

    static void until(RelayProcess relay, Duration every, BooleanSupplier condition) {
        until(new Measured.Jar(relay), every, condition);
    }

    private static boolean holds(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}

package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * When the next request may leave, over all event loops: within the quota that was bought, and slower while the platform
 * throttles. The rate is halved, at most once a second, and climbs back by a tenth of the halved rate each second.
 *
 * <p>One device that is throttled does not slow down the others: the rate is halved only where the platform speaks of the
 * whole tenant, or throttles two devices within a second.
 */
final class Pace {

    /*
     * The generic cell rate algorithm: 'free' is when the next request may leave if the rate is used up; a request moves it on
     * by its cost. Time that was not used counts for a tenth of a second at the most, so that a burst cannot exceed what the
     * platform allows within a second by much. All state is one immutable value, replaced atomically.
     */

    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long BURST = SECOND / 10;
    private static final double LEAST_RATE = 1;
    private static final double CLIMB = 0.1;

    /** Without a quota, the limit is lifted again when the rate has grown to this multiple of the halved one. */
    private static final double FORGET = 8;

    /**
     * The state.
     *
     * @param rate units a second; 0 is no limit
     * @param halved the rate right after the last halving; 0 while the platform does not throttle
     * @param free when the next request may leave
     * @param climbed when the rate last changed
     * @param second the second that is being counted in
     * @param accepted units that the platform accepted in it
     * @param lastAccepted units that it accepted in the second before
     * @param throttled a device that was throttled in it
     */
    private record State(
            double rate,
            double halved,
            long free,
            long climbed,
            long second,
            double accepted,
            double lastAccepted,
            @Nullable DeviceId throttled) {

        State at(long now, double quota) {
            return counting(now).climbing(now, quota);
        }

        private State counting(long now) {
            if (now - second < SECOND) {
                return this;
            }
            boolean next = now - second < 2 * SECOND;
            return new State(rate, halved, free, climbed, now, 0, next ? accepted : 0, null);
        }

        private State climbing(long now, double quota) {
            long seconds = (now - climbed) / SECOND;
            if (halved == 0 || seconds <= 0) {
                return this;
            }
            double climbedTo = rate + seconds * CLIMB * halved;
            if (quota > 0 ? climbedTo >= quota : climbedTo >= FORGET * halved) {
                return new State(quota, 0, free, now, second, accepted, lastAccepted, throttled);
            }
            return new State(
                    climbedTo, halved, free, climbed + seconds * SECOND, second, accepted, lastAccepted, throttled);
        }

        State reserve(long now, double cost) {
            return rate == 0
                    ? this
                    : new State(
                            rate,
                            halved,
                            start(now) + (long) (cost / rate * NANOS),
                            climbed,
                            second,
                            accepted,
                            lastAccepted,
                            throttled);
        }

        /** When a request that is asked for now may leave, at the earliest in the past. */
        long start(long now) {
            return free - (now - BURST) < 0 ? now - BURST : free;
        }

        State accept(double cost) {
            return new State(rate, halved, free, climbed, second, accepted + cost, lastAccepted, throttled);
        }

        State throttle(long now, boolean wholeTenant, DeviceId device) {
            boolean several = throttled != null && !throttled.equals(device);
            boolean justHalved = halved > 0 && now - climbed < SECOND;
            if (justHalved || !(wholeTenant || several)) {
                return new State(rate, halved, free, climbed, second, accepted, lastAccepted, device);
            }
            double current = rate > 0 ? rate : Math.max(accepted, lastAccepted);
            double half = Math.max(LEAST_RATE, current / 2);
            return new State(half, half, now, now, second, accepted, lastAccepted, device);
        }
    }

    private final double quota;
    private final LongSupplier nanoTime;
    private final AtomicReference<State> state;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * A pace.
     *
     * @param quota units a second; 0 is no limit
     */
    Pace(double quota, LongSupplier nanoTime) {
        this.quota = quota;
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        this.state = new AtomicReference<>(new State(quota, 0, now, now, now, 0, 0, null));
    }

    /** Takes a place in the order of departures, and says how many nanoseconds remain until then. */
    long reserve(double cost) {
        long now = nanoTime.getAsLong();
        State before = state.getAndUpdate(current -> current.at(now, quota).reserve(now, cost));
        State asked = before.at(now, quota);
        return asked.rate() == 0 ? 0 : Math.max(0, asked.start(now) - now);
    }

    /** The platform accepted a request of this cost. */
    void accepted(double cost) {
        update(now -> current -> current.accept(cost));
    }

    /** The platform throttled a request. */
    void throttled(boolean wholeTenant, DeviceId device) {
        update(now -> current -> current.throttle(now, wholeTenant, device));
    }

    /** Units a second at the moment; 0 is no limit. */
    double rate() {
        return state.get().at(nanoTime.getAsLong(), quota).rate();
    }

    /** Requests that wait for their departure. */
    AtomicInteger waiting() {
        return waiting;
    }

    private void update(java.util.function.LongFunction<UnaryOperator<State>> change) {
        long now = nanoTime.getAsLong();
        state.updateAndGet(current -> change.apply(now).apply(current.at(now, quota)));
    }
}

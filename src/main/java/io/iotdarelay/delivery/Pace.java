package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
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
     * How fast requests may leave.
     *
     * @param limit units a second; 0 is none
     * @param halved the limit right after the last halving; 0 while the platform does not throttle
     * @param halvedAt when that was
     * @param climbedAt when the limit last climbed, or was halved
     */
    private record Rate(double limit, double halved, long halvedAt, long climbedAt) {

        Rate at(long now, double quota) {
            long seconds = (now - climbedAt) / SECOND;
            if (halved == 0 || seconds <= 0) {
                return this;
            }
            double climbed = limit + seconds * CLIMB * halved;
            boolean free = quota > 0 ? climbed >= quota : climbed >= FORGET * halved;
            return free
                    ? new Rate(quota, 0, halvedAt, now)
                    : new Rate(climbed, halved, halvedAt, climbedAt + seconds * SECOND);
        }

        boolean isJustHalved(long now) {
            return halved > 0 && now - halvedAt < SECOND;
        }

        Rate half(double current, long now) {
            double half = Math.max(LEAST_RATE, current / 2);
            return new Rate(half, half, now, now);
        }
    }

    /**
     * What happened of late.
     *
     * @param start when the second began that is being counted in
     * @param accepted units that the platform accepted in it
     * @param before units that it accepted in the second before
     * @param throttled a device that was throttled in it
     */
    private record Second(
            long start,
            double accepted,
            double before,
            @Nullable DeviceId throttled) {

        Second at(long now) {
            long age = now - start;
            return age < SECOND ? this : new Second(now, 0, age < 2 * SECOND ? accepted : 0, null);
        }

        Second plus(double cost) {
            return new Second(start, accepted + cost, before, throttled);
        }

        Second with(DeviceId device) {
            return new Second(start, accepted, before, device);
        }

        boolean isAnother(DeviceId device) {
            return throttled != null && !throttled.equals(device);
        }
    }

    /**
     * All of it.
     *
     * @param free when the next request may leave
     */
    private record State(Rate rate, Second second, long free) {

        State at(long now, double quota) {
            return new State(rate.at(now, quota), second.at(now), free);
        }

        State reserve(long now, double cost) {
            return rate.limit() == 0
                    ? this
                    : new State(rate, second, departure(now) + (long) (cost / rate.limit() * NANOS));
        }

        /** When a request that is asked for now may leave; in the past if at once. */
        long departure(long now) {
            return free - (now - BURST) < 0 ? now - BURST : free;
        }

        State accept(double cost) {
            return new State(rate, second.plus(cost), free);
        }

        State throttle(long now, boolean wholeTenant, DeviceId device) {
            State noted = new State(rate, second.with(device), free);
            if (rate.isJustHalved(now) || !(wholeTenant || second.isAnother(device))) {
                return noted;
            }
            double current = rate.limit() > 0 ? rate.limit() : Math.max(second.accepted(), second.before());
            return new State(rate.half(current, now), noted.second(), now);
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
        this.state = new AtomicReference<>(new State(new Rate(quota, 0, now, now), new Second(now, 0, 0, null), now));
    }

    /** Takes a place in the order of departures, and says how many nanoseconds remain until then. */
    long reserve(double cost) {
        long now = nanoTime.getAsLong();
        State before = state.getAndUpdate(current -> current.at(now, quota).reserve(now, cost))
                .at(now, quota);
        return before.rate().limit() == 0 ? 0 : Math.max(0, before.departure(now) - now);
    }

    /** The platform accepted a request of this cost. */
    void accepted(double cost) {
        long now = nanoTime.getAsLong();
        state.updateAndGet(current -> current.at(now, quota).accept(cost));
    }

    /** The platform throttled a request. */
    void throttled(boolean wholeTenant, DeviceId device) {
        long now = nanoTime.getAsLong();
        state.updateAndGet(current -> current.at(now, quota).throttle(now, wholeTenant, device));
    }

    /** Units a second at the moment; 0 is no limit. */
    double rate() {
        return state.get().at(nanoTime.getAsLong(), quota).rate().limit();
    }

    /** Requests that wait for their departure. */
    AtomicInteger waiting() {
        return waiting;
    }
}

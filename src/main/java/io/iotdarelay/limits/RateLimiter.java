package io.iotdarelay.limits;

import io.iotdarelay.telemetry.DeviceId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request may be sent now, across all event loops: within the quota that was bought, and slower while the platform
 * throttles. The rate is halved, at most once a second, and then grows back: quickly while it is far below the throttled
 * rate, slowly around it.
 *
 * <p>One throttled device does not slow down the others: the rate is halved only if the platform throttles the whole tenant,
 * or two devices within a second.
 */
public final class RateLimiter {

    /*
     * A leaky bucket. 'debt' is what was sent and is not paid off yet, in the platform's units; a request may be sent while
     * there is none, and adds its cost. It is paid off at the current rate, so a waiting request never depends on the rate
     * at the time when it arrived. Unused capacity accumulates for a tenth of a second at most, to make up for timers that
     * are late. With a quota, no second contains more than the quota, whenever it begins: what was sent is remembered for a second, in
     * parts of a fiftieth; only a request that alone costs more than the quota exceeds it, and then goes alone. All state is one
     * immutable value, replaced atomically.
     */

    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final double BURST_SECONDS = 0.1;
    private static final double LEAST_RATE = 1;

    /** A quota that varies may be nothing, which 0 does not say: then no request is permitted. */
    private static final double NOTHING = 1e-6;

    /** No delay is longer: the quota may have changed by then. */
    private static final long LONGEST_DELAY = 3600 * SECOND;

    /** Each second, far below the throttled rate, the rate grows by this factor. */
    private static final double FAST = 1.5;

    /** Each second, near the throttled rate, the rate grows by this share of it. */
    private static final double SLOW = 0.1;

    private static final double NEAR_FROM = 0.8;
    private static final double NEAR_TO = 1.3;

    /** Without a quota, the limit is lifted when nothing was throttled for this long. */
    private static final long FORGET_AFTER = 30 * SECOND;

    /** Beyond this many steps every rate has grown back. */
    private static final long MOST_STEPS = 600;

    /**
     * How fast requests may be sent.
     *
     * @param limit units a second; 0 is none
     * @param tooMuch the rate that was throttled last; 0 while the platform does not throttle
     * @param halvedAt when that was
     * @param climbedAt when the limit was last raised or halved
     */
    private record Rate(double limit, double tooMuch, long halvedAt, long climbedAt) {

        Rate at(long now, double quota) {
            if (tooMuch == 0) {
                return limit == quota ? this : new Rate(quota, 0, halvedAt, now);
            }
            if (quota > 0 && limit > quota) {
                return new Rate(quota, tooMuch, halvedAt, now);
            }
            long seconds = (now - climbedAt) / SECOND;
            if (seconds <= 0) {
                return this;
            }
            double climbed = limit;
            for (long i = 0; i < Math.min(seconds, MOST_STEPS); i++) {
                climbed = isNear(climbed) ? climbed + SLOW * tooMuch : climbed * FAST;
            }
            boolean free =
                    quota > 0 ? climbed >= quota : now - halvedAt >= FORGET_AFTER && climbed >= NEAR_TO * tooMuch;
            return free
                    ? new Rate(quota, 0, halvedAt, now)
                    : new Rate(climbed, tooMuch, halvedAt, climbedAt + seconds * SECOND);
        }

        private boolean isNear(double rate) {
            return rate >= NEAR_FROM * tooMuch && rate < NEAR_TO * tooMuch;
        }

        boolean isThrottled() {
            return tooMuch > 0;
        }

        boolean isJustHalved(long now) {
            return isThrottled() && now - halvedAt < SECOND;
        }

        Rate half(double current, long now) {
            double wasTooMuch = Math.max(LEAST_RATE, current);
            return new Rate(Math.max(LEAST_RATE, wasTooMuch / 2), wasTooMuch, now, now);
        }
    }

    /**
     * What happened recently.
     *
     * @param start when the current second began
     * @param answered units that were accepted or throttled in it
     * @param before the same in the second before
     * @param throttled a device that was throttled in it
     */
    private record Second(
            long start,
            double answered,
            double before,
            @Nullable DeviceId throttled) {

        Second at(long now) {
            long age = now - start;
            return age < SECOND ? this : new Second(now, 0, age < 2 * SECOND ? answered : 0, null);
        }

        Second plus(double cost) {
            return new Second(start, answered + cost, before, throttled);
        }

        Second with(@Nullable DeviceId device) {
            return new Second(start, answered, before, device);
        }

        boolean isAnother(@Nullable DeviceId device) {
            return throttled != null && !throttled.equals(device);
        }
    }

    /**
     * Units that were sent in the last second.
     *
     * @param part the number of the present part of a second
     * @param units in that part and in those before it, at their numbers modulo the array's length
     */
    @SuppressWarnings("ArrayRecordComponent") // never changed, never compared
    private record Sent(long part, double[] units) {

        static final int PARTS = 50;
        static final long PART = SECOND / PARTS;

        /** A second is in as many parts, and in the one that it begins in. */
        static Sent none(long now) {
            return new Sent(Math.floorDiv(now, PART), new double[PARTS + 1]);
        }

        /** Another event loop may have been a little later already. */
        Sent at(long now) {
            long current = Math.floorDiv(now, PART);
            if (current <= part) {
                return this;
            }
            double[] left = units.clone();
            for (long gone = Math.max(part, current - left.length) + 1; gone <= current; gone++) {
                left[slot(gone)] = 0;
            }
            return new Sent(current, left);
        }

        Sent plus(double cost) {
            double[] more = units.clone();
            more[slot(part)] += cost;
            return new Sent(part, more);
        }

        double sum() {
            double sum = 0;
            for (double some : units) {
                sum += some;
            }
            return sum;
        }

        /** Nanoseconds until a second that ends then has room for this. */
        long delay(double cost, double quota, long now) {
            double sum = sum();
            int parts = 0;
            while (sum > 0 && sum + cost > quota && parts < units.length) {
                parts++;
                sum -= units[slot(part + parts)];
            }
            return parts == 0 ? 0 : (part + parts) * PART - now;
        }

        private int slot(long number) {
            return (int) Math.floorMod(number, (long) units.length);
        }
    }

    /**
     * The whole state.
     *
     * @param debt units that were sent and are not paid off; negative if capacity was unused
     * @param asOf when that was so
     */
    private record State(Rate rate, Second second, double debt, long asOf, Sent sent) {

        State at(long now, double quota) {
            Rate current = quota == NOTHING ? rate : rate.at(now, quota);
            double worked = current.limit() * (now - asOf) / NANOS;
            double left = Math.max(-current.limit() * BURST_SECONDS, debt - worked);
            return new State(
                    current, second.at(now), current.limit() == 0 ? 0 : left, now, quota > 0 ? sent.at(now) : sent);
        }

        /** Nanoseconds until a request of this cost may be sent. */
        long delay(double cost, double quota) {
            if (quota == NOTHING) {
                return SECOND;
            }
            long paid = rate.limit() == 0 || debt <= 0
                    ? 0
                    : (long) Math.min(debt / rate.limit() * NANOS, (double) LONGEST_DELAY) + 1;
            return quota > 0 ? Math.max(paid, sent.delay(cost, quota, asOf)) : paid;
        }

        State charge(double cost, double quota) {
            return rate.limit() == 0
                    ? this
                    : new State(rate, second, debt + cost, asOf, quota > 0 ? sent.plus(cost) : sent);
        }

        State answer(double cost) {
            return new State(rate, second.plus(cost), debt, asOf, sent);
        }

        State throttle(long now, boolean wholeTenant, @Nullable DeviceId device) {
            State noted = new State(rate, second.with(device), debt, asOf, sent);
            if (rate.isJustHalved(now) || !(wholeTenant || second.isAnother(device))) {
                return noted;
            }
            double current = rate.limit() > 0 ? rate.limit() : Math.max(second.answered(), second.before());
            return new State(rate.half(current, now), noted.second(), Math.max(0, debt), asOf, sent);
        }
    }

    /** A line that waits asks again more often. */
    private static final long CLAIM = SECOND / 2;

    /**
     * Room in the last second that a line waits for.
     *
     * @param until when it is over, unless the line asks again, in nanoseconds
     */
    private record Claim(Object line, double cost, long until) {}

    private final AtomicReference<@Nullable Claim> claimed = new AtomicReference<>();

    private volatile DoubleSupplier quota;
    private final LongSupplier nanoTime;
    private final AtomicReference<State> state;

    /**
     * A limiter.
     *
     * @param quota units a second; 0 is no limit
     */
    public RateLimiter(double quota, LongSupplier nanoTime) {
        this.quota = () -> quota;
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        this.state = new AtomicReference<>(
                new State(new Rate(quota, 0, now, now), new Second(now, 0, 0, null), 0, now, Sent.none(now)));
    }

    /** Permits a request of this cost, if one may be sent now. */
    public boolean tryAcquire(double cost) {
        return tryAcquire(cost, this);
    }

    /**
     * The same. One that is refused although it is its turn, and costs more than one unit, keeps what others leave of the quota for itself:
     * otherwise those that need less would always find room before it does.
     *
     * @param line which asks; lines do not know of each other
     */
    boolean tryAcquire(double cost, Object line) {
        while (true) {
            long time = nanoTime.getAsLong();
            double allowed = quota.getAsDouble();
            State before = state.get();
            State now = before.at(time, allowed);
            if (isKeptFrom(line, cost, now, allowed)) {
                return false;
            }
            if (now.delay(cost, allowed) > 0) {
                if (cost > 1 && allowed > 0 && claimedByOther(line, time) == 0) {
                    claimed.set(new Claim(line, cost, time + CLAIM));
                }
                return false;
            }
            if (state.compareAndSet(before, now.charge(cost, allowed))) {
                release(line);
                return true;
            }
        }
    }

    /** Whether there would be room, if another line did not wait for it. */
    private boolean isKeptFrom(Object line, double cost, State now, double allowed) {
        double claimed = claimedByOther(line, now.asOf());
        return claimed > 0 && now.sent().sum() + cost > allowed - claimed;
    }

    @SuppressWarnings("ReferenceEquality") // that very line
    private double claimedByOther(Object line, long now) {
        Claim claim = claimed.get();
        return claim == null || claim.line() == line || claim.until() - now <= 0 ? 0 : claim.cost();
    }

    /** A line no longer waits for what it was refused. */
    @SuppressWarnings("ReferenceEquality") // that very line
    void release(Object line) {
        Claim claim = claimed.get();
        if (claim != null && claim.line() == line) {
            claimed.compareAndSet(claim, null);
        }
    }

    /** Nanoseconds until a request of this cost may be sent, at the current rate; 0 if it may be sent now. */
    public long delay(double cost) {
        return delay(cost, this);
    }

    /** The same for a line. */
    long delay(double cost, Object line) {
        double allowed = quota.getAsDouble();
        State now = state.get().at(nanoTime.getAsLong(), allowed);
        long delay = now.delay(cost, allowed);
        return isKeptFrom(line, cost, now, allowed) ? Math.max(delay, Sent.PART) : delay;
    }

    /** Another quota from now on; 0 is no limit. Any thread. */
    public void allow(double unitsPerSecond) {
        quota = () -> unitsPerSecond;
    }

    /** From now on a quota that varies: it is asked for at each request, by any thread, and permits none while it is 0. Any thread. */
    public void follow(DoubleSupplier unitsPerSecond) {
        quota = () -> Math.max(NOTHING, unitsPerSecond.getAsDouble());
    }

    /** The quota now; 0 is no limit. */
    double quota() {
        return quota.getAsDouble();
    }

    /** Whether the rate is unlimited. */
    boolean isFree() {
        return now().rate().limit() == 0;
    }

    /** The platform accepted a request of this cost. */
    void accepted(double cost) {
        long now = nanoTime.getAsLong();
        double allowed = quota.getAsDouble();
        state.updateAndGet(current -> current.at(now, allowed).answer(cost));
    }

    /** The platform throttled a request of this cost. Returns whether that slows down all requests, not just this device's. */
    boolean throttled(double cost, boolean wholeTenant, @Nullable DeviceId device) {
        long now = nanoTime.getAsLong();
        double allowed = quota.getAsDouble();
        return state.updateAndGet(
                        current -> current.at(now, allowed).answer(cost).throttle(now, wholeTenant, device))
                .rate()
                .isThrottled();
    }

    /** The same for a request that was not made for a device: it slows down all. */
    public void throttled(double cost) {
        boolean ignored = throttled(cost, true, null);
    }

    /** The current limit in units a second; 0 is no limit. */
    public double rate() {
        double allowed = quota.getAsDouble();
        return allowed == NOTHING ? NOTHING : now().rate().limit();
    }

    private State now() {
        return state.get().at(nanoTime.getAsLong(), quota.getAsDouble());
    }
}

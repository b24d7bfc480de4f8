package io.iotdarelay.simulator;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Makes requests fail: all of them or those that match, the next few or until further notice. What was injected last counts
 * first; delays add up and go before everything else. Any thread.
 */
public final class Faults {

    /**
     * A request, as far as faults may ask about it.
     *
     * @param device the device or product in the path, or the device in the body of an authentication or creation
     * @param size of the body, in bytes
     */
    public record Call(Api api, String device, int size) {}

    /** A fault that is in force. */
    public final class Injection implements AutoCloseable {
        private final Predicate<Call> when;
        private final Fault fault;
        private final boolean isLimited;
        private final AtomicLong remaining;
        private final TokenBucket bucket;

        private Injection(Predicate<Call> when, Fault fault, long times) {
            this.when = when;
            this.fault = fault;
            this.isLimited = times < Long.MAX_VALUE;
            this.remaining = new AtomicLong(times);
            this.bucket = new TokenBucket(
                    switch (fault) {
                        case Fault.Throttle throttle -> throttle.perSecond();
                        case Fault.DropAbove drop -> drop.perSecond();
                        default -> 0;
                    },
                    nanoTime);
        }

        /** Ends it. */
        @Override
        public void close() {
            injections.remove(this);
        }

        /** How many requests it still strikes; empty for all. */
        OptionalLong left() {
            return isLimited ? OptionalLong.of(remaining.get()) : OptionalLong.empty();
        }

        boolean isSpent() {
            return remaining.get() <= 0;
        }

        private Optional<Fault> strike(Call call) {
            if (!when.test(call) || !applies()) {
                return Optional.empty();
            }
            long before = isLimited ? remaining.getAndUpdate(left -> Math.max(0, left - 1)) : Long.MAX_VALUE;
            if (before <= 1) {
                close();
            }
            return before <= 0 ? Optional.empty() : Optional.of(fault);
        }

        /** A limit strikes only what exceeds it. */
        private boolean applies() {
            return switch (fault) {
                case Fault.Throttle ignored -> !bucket.tryTake();
                case Fault.DropAbove ignored -> !bucket.tryTake();
                default -> true;
            };
        }
    }

    /** What strikes one request. */
    record Strike(Duration delay, Optional<Fault> fault) {}

    private final List<Injection> injections = new CopyOnWriteArrayList<>();
    private final RandomGenerator random;
    private final LongSupplier nanoTime;

    Faults(RandomGenerator random, LongSupplier nanoTime) {
        this.random = random;
        this.nanoTime = nanoTime;
    }

    /** Strikes every request from now on. */
    public Injection inject(Fault fault) {
        return inject(call -> true, fault);
    }

    /** Strikes every request that matches from now on. */
    public Injection inject(Predicate<Call> when, Fault fault) {
        return injectNext(Long.MAX_VALUE, when, fault);
    }

    /** Strikes the next few requests that match. */
    public Injection injectNext(long times, Predicate<Call> when, Fault fault) {
        Injection injection = new Injection(when, fault, times);
        injections.addFirst(injection);
        return injection;
    }

    /** The next few requests have this answer. */
    public Injection next(long times, Reply reply) {
        return injectNext(times, call -> true, new Fault.Answer(reply));
    }

    /** Requests of, or about, one device. */
    public static Predicate<Call> device(String id) {
        return call -> call.device().equals(id);
    }

    /** Requests of one kind. */
    public static Predicate<Call> api(Api api) {
        return call -> call.api() == api;
    }

    /** Requests that report. */
    public static Predicate<Call> reports() {
        return call -> call.api() != Api.DEVICE_AUTH && !call.api().isApplication();
    }

    /** Requests of the application side. */
    public static Predicate<Call> application() {
        return call -> call.api().isApplication();
    }

    /** Requests of the side of devices. */
    public static Predicate<Call> devices() {
        return call -> !call.api().isApplication();
    }

    /** Requests whose body is larger than so many bytes. */
    public static Predicate<Call> largerThan(int size) {
        return call -> call.size() > size;
    }

    /** All is well again. */
    public void clear() {
        injections.clear();
    }

    Strike strike(Call call) {
        Duration delay = Duration.ZERO;
        Optional<Fault> fault = Optional.empty();
        for (Injection injection : injections) {
            boolean isDelay = injection.fault instanceof Fault.Delay;
            if (isDelay || fault.isEmpty()) {
                Optional<Fault> struck = injection.strike(call);
                if (isDelay && struck.isPresent()) {
                    delay = delay.plus(draw((Fault.Delay) injection.fault));
                } else if (struck.isPresent()) {
                    fault = struck;
                }
            }
        }
        return new Strike(delay, fault);
    }

    private Duration draw(Fault.Delay delay) {
        long span = delay.most().minus(delay.least()).toNanos();
        return delay.least().plusNanos(span == 0 ? 0 : random.nextLong(span));
    }
}

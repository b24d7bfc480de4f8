package io.iotdarelay.limits;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * The limits of one event loop, to which everything here belongs. Before a request is sent it passes the gate, waits for a
 * slot, and then its {@link Permit} asks the breakers and the rate limiter; no request holds a slot while it waits for the
 * rate limiter.
 */
public final class RequestLimits {

    private static final Logger log = LoggerFactory.getLogger(RequestLimits.class);

    /** Of the requests in flight, one in this many may be an authentication. */
    private static final int AUTHENTICATIONS_ONE_IN = 4;

    /** Of what may be sent in a second, a request should not cost more. */
    private static final double BURST = 0.1;

    /** A quota that a request of 64 KB exceeds, in the platform's units. */
    private static final double SMALL_QUOTA = 16;

    /** So much of the longest wait is planned for. */
    private static final double MARGIN = 0.8;

    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long a renewal waits while devices without a token go first; much less than the time that it has. */
    private static final Duration RENEWALS_WAIT = Duration.ofMinutes(1);

    private static final Duration TICK = Duration.ofSeconds(1);

    /**
     * What all event loops share.
     *
     * @param reportRate of reports, in the platform's units of a message
     * @param authenticationRate of authentications
     * @param waiting how many wait for one of the two
     * @param inFlight reports in flight
     * @param inFlightLimit how many requests may be in flight now
     */
    public record Shared(
            Breakers breakers,
            RateLimiter reportRate,
            RateLimiter authenticationRate,
            AtomicInteger waiting,
            AtomicInteger inFlight,
            AtomicInteger inFlightLimit) {}

    /**
     * The part of the configured bounds that is this event loop's.
     *
     * @param requests how many may be in flight
     * @param slowRequests how many more may be, which take long
     * @param adaptive whether there are fewer if the platform does not carry as many
     * @param maxAge how long anybody waits for the quota while others fill it better
     */
    public record Share(int requests, int slowRequests, boolean adaptive, Duration maxAge) {}

    private final Shared shared;
    private final Scheduler loop;
    private final Gates gates;
    private final PlatformView reports;
    private final PlatformView authentications;
    private final RateLimitQueue reportQueue;
    private final RateLimitQueue authenticationQueue;
    private final ConcurrencyLimit requestSlots;
    private final ConcurrencyLimit authenticationSlots;
    private final double maxAge;
    private int shownLimit;
    private Runnable recovered = () -> {};

    public RequestLimits(Shared shared, Share share, Scheduler loop, LongSupplier nanoTime) {
        this.shared = shared;
        this.loop = loop;
        this.maxAge = share.maxAge().toNanos() / NANOS;
        this.gates = new Gates(shared.breakers());
        this.reports = new PlatformView(RequestKind.REPORT, shared.breakers());
        this.authentications = new PlatformView(RequestKind.AUTHENTICATION, shared.breakers());
        this.reportQueue = new RateLimitQueue(
                shared.reportRate(), new QuotaLine(share.maxAge(), nanoTime), loop, shared.waiting());
        this.authenticationQueue = new RateLimitQueue(
                shared.authenticationRate(), new QuotaLine(RENEWALS_WAIT, nanoTime), loop, shared.waiting());
        int authenticationShare = Math.max(1, share.requests() / AUTHENTICATIONS_ONE_IN);
        SlotLimit requestLimit = share.adaptive()
                ? new AdaptiveLimit(share.requests(), nanoTime.getAsLong())
                : new StaticLimit(share.requests());
        this.requestSlots = new ConcurrencyLimit(share.requests(), requestLimit, share.slowRequests(), nanoTime);
        this.authenticationSlots = new ConcurrencyLimit(
                authenticationShare, new StaticLimit(authenticationShare), share.slowRequests(), nanoTime);
        showLimit();
        shared.breakers().onChange(this::changed);
        loop.schedulePeriodically(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** From now on, called on the event loop when the platform has recovered. */
    public void onRecovery(Runnable listener) {
        recovered = listener;
    }

    /** Whether the last request of this kind of the device failed, for whatever reason. */
    public boolean isFailing(RequestKind kind, DeviceId device) {
        return view(kind).isFailing(device);
    }

    /** How many requests of this kind have succeeded so far, of all devices. */
    public long successes(RequestKind kind) {
        return view(kind).successes();
    }

    /** Whether nothing is held against the platform or the configuration at the moment. */
    public boolean platformIsWell() {
        return shared.breakers().areClosed();
    }

    /** Whether the waiter may ask for a slot; if not, it is resumed when it may. */
    public boolean admits(RequestKind kind, Waiter waiter) {
        return gates.admits(kind, waiter);
    }

    /** The waiter's permit was refused by the breakers: it is resumed when it may try again. */
    public void park(RequestKind kind, Waiter waiter) {
        gates.park(kind, waiter);
    }

    /** The waiter has nothing more of this kind to send. */
    public void forget(RequestKind kind, Waiter waiter) {
        gates.forget(waiter);
        queue(kind).forget(waiter);
    }

    /**
     * What a report's request should cost at most, while others wait for the quota: no burst, and so little that all of them have their
     * turn in time. While nobody waits, no more than a small quota permits in a second.
     */
    public double mostUnits() {
        if (!reportQueue.isContended()) {
            double quota = shared.reportRate().quota();
            return quota > 0 && quota < SMALL_QUOTA ? Math.max(1, quota) : Double.MAX_VALUE;
        }
        double rate = shared.reportRate().rate();
        double untilAllHadATurn = rate * maxAge / Math.max(1, shared.waiting().get());
        return Math.max(1, Math.min(rate * BURST, untilAllHadATurn * MARGIN));
    }

    /** A waiter that waits for the quota may have more to send now. */
    public void grown(RequestKind kind, Waiter waiter) {
        queue(kind).grown(waiter);
    }

    /** Hands out a permit as soon as there is a slot, perhaps at once. Disposing takes the request for it back. */
    public Disposable acquire(RequestKind kind, DeviceId device, Consumer<Permit> task) {
        boolean failing = isFailing(kind, device);
        return switch (kind) {
            case REPORT ->
                requestSlots.acquire(
                        failing, slot -> task.accept(new Permit(this, kind, device, failing, List.of(slot))));
            case AUTHENTICATION -> {
                Disposable.Composite waiting = Disposables.composite();
                waiting.add(authenticationSlots.acquire(
                        failing, first -> acquireSecond(device, failing, first, waiting, task)));
                yield waiting;
            }
        };
    }

    private void acquireSecond(
            DeviceId device,
            boolean failing,
            ConcurrencyLimit.Slot first,
            Disposable.Composite waiting,
            Consumer<Permit> task) {
        boolean[] given = {false}; // once it is, the permit owns the first slot too
        Disposable second = requestSlots.acquire(failing, slot -> {
            given[0] = true;
            task.accept(new Permit(this, RequestKind.AUTHENTICATION, device, failing, List.of(first, slot)));
        });
        waiting.add(second);
        waiting.add(() -> {
            if (!given[0]) {
                given[0] = true;
                first.close(RequestEnd.UNKNOWN);
            }
        });
    }

    PlatformView view(RequestKind kind) {
        return switch (kind) {
            case REPORT -> reports;
            case AUTHENTICATION -> authentications;
        };
    }

    RateLimiter rate(RequestKind kind) {
        return switch (kind) {
            case REPORT -> shared.reportRate();
            case AUTHENTICATION -> shared.authenticationRate();
        };
    }

    RateLimitQueue queue(RequestKind kind) {
        return switch (kind) {
            case REPORT -> reportQueue;
            case AUTHENTICATION -> authenticationQueue;
        };
    }

    /** While reports are accepted, a device whose authentications fail is alone with that: most others have a token. */
    void accepted(RequestKind kind) {
        if (kind == RequestKind.REPORT) {
            authentications.reportAccepted();
        }
    }

    void requestSent(RequestKind kind) {
        if (kind == RequestKind.REPORT) {
            shared.inFlight().incrementAndGet();
        }
    }

    void requestEnded(RequestKind kind) {
        if (kind == RequestKind.REPORT) {
            shared.inFlight().decrementAndGet();
        }
    }

    private void tick() {
        requestSlots.stopCountingOverdue();
        authenticationSlots.stopCountingOverdue();
        gates.tick();
        showLimit();
    }

    /** All loops together show their limits as one number. */
    private void showLimit() {
        int now = requestSlots.slots();
        shared.inFlightLimit().addAndGet(now - shownLimit);
        shownLimit = now;
    }

    /** A breaker changed, on whatever thread. */
    private void changed() {
        try {
            loop.schedule(this::follow);
        } catch (RejectedExecutionException e) {
            log.atDebug().log("A circuit breaker changed after the end of its event loop");
        }
    }

    private void follow() {
        boolean well = platformIsWell();
        if (well) {
            requestSlots.startSlowly();
        }
        gates.letPass();
        if (well) {
            recovered.run();
        }
    }
}

package io.iotdarelay.delivery;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Who waits for the pace on one event loop, in line. The first in line is called when the pace allows a departure, and tries then;
 * who comes meanwhile joins behind. Nobody holds a slot or a connection while waiting.
 */
final class Departures {

    /** Who departs. */
    @FunctionalInterface
    interface Traveller {

        /** It may be possible now: try again. Says whether it still waits to depart; if not, others go first. */
        boolean call();
    }

    /** The rate may have changed meanwhile. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final Pace pace;
    private final Scheduler loop;
    private final AtomicInteger waiting;
    private final Set<Traveller> line = new LinkedHashSet<>();
    private @Nullable Traveller first;
    private boolean armed;

    /**
     * An empty line.
     *
     * @param waiting how many wait, over all event loops
     */
    Departures(Pace pace, Scheduler loop, AtomicInteger waiting) {
        this.pace = pace;
        this.loop = loop;
        this.waiting = waiting;
    }

    /** Departs, if it is this traveller's turn and the pace allows it; joins the line if not. */
    @SuppressWarnings("ReferenceEquality") // that very traveller
    boolean tryDepart(Traveller traveller, double cost) {
        boolean itsTurn = traveller == first || (first == null && line.isEmpty()) || pace.isFree();
        if (itsTurn && pace.tryDepart(cost)) {
            forget(traveller);
            return true;
        }
        if (traveller != first && line.add(traveller)) {
            waiting.incrementAndGet();
        }
        arm();
        return false;
    }

    /** The traveller does not want to depart any more. */
    @SuppressWarnings("ReferenceEquality") // that very traveller
    void forget(Traveller traveller) {
        if (traveller == first) {
            first = null;
            waiting.decrementAndGet();
        } else if (line.remove(traveller)) {
            waiting.decrementAndGet();
        }
        if (first != null || !line.isEmpty()) {
            arm();
        }
    }

    /** Completes when a departure of this cost is allowed, and has been counted. */
    Mono<Void> turn(double cost) {
        return Mono.create(sink -> {
            Traveller traveller = new Traveller() {
                @Override
                public boolean call() {
                    if (tryDepart(this, cost)) {
                        sink.success();
                    }
                    return true;
                }
            };
            sink.onCancel(() -> forget(traveller));
            boolean unused = traveller.call();
        });
    }

    private void arm() {
        if (!armed) {
            armed = true;
            loop.schedule(this::look, Math.min(pace.delay(), LOOK_EVERY.toNanos()), TimeUnit.NANOSECONDS);
        }
    }

    /** Calls the first, once. If it cannot go for another reason than the pace, it comes back by itself. */
    @SuppressWarnings("ReferenceEquality") // that very traveller
    private void look() {
        armed = false;
        if (first == null && !line.isEmpty()) {
            Iterator<Traveller> next = line.iterator();
            first = next.next();
            next.remove();
        }
        Traveller called = first;
        if (called == null) {
            return;
        }
        if (pace.delay() > 0) {
            arm();
        } else if (!called.call() && called == first) {
            forget(called);
        }
    }
}

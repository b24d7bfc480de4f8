package io.iotdarelay.mapping;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The routes that records take. Any thread may offer others; the poll thread adopts them between two records, so that each
 * record is mapped by one set of routes.
 */
public final class RoutesInForce {

    private volatile Routes current;
    private final AtomicReference<@Nullable Routes> offered = new AtomicReference<>();

    public RoutesInForce(Routes first) {
        this.current = first;
    }

    public Routes current() {
        return current;
    }

    /** Replaces what has been offered and not adopted. */
    public void offer(Routes next) {
        offered.set(next);
    }

    /** Whether routes have been offered that read other topics. They can be adopted when nothing is in flight. */
    public boolean areOthersRead() {
        Routes next = offered.get();
        return next != null && !next.readsTheSameAs(current);
    }

    /** Adopts what has been offered, if it reads the same topics. Poll thread only. */
    public boolean adoptForSameTopics() {
        Routes next = offered.get();
        return next != null && next.readsTheSameAs(current) && become(next);
    }

    /** Adopts what has been offered. Poll thread only. */
    public boolean adopt() {
        Routes next = offered.get();
        return next != null && become(next);
    }

    private boolean become(Routes next) {
        if (!offered.compareAndSet(next, null)) {
            return false; // something newer has just been offered: next time
        }
        current = next;
        return true;
    }
}

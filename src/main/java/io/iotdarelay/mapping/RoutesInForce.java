package io.iotdarelay.mapping;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The routes that records take. Any thread may offer others; the poll thread adopts them between two records, so that each
 * record is mapped by one set of routes.
 */
public final class RoutesInForce {

    private volatile Routes current;
    private final AtomicReference<@Nullable Offer> offered = new AtomicReference<>();

    private record Offer(Routes routes, Runnable adopted) {}

    public RoutesInForce(Routes first) {
        this.current = first;
    }

    public Routes current() {
        return current;
    }

    /**
     * Replaces what has been offered and not adopted.
     *
     * @param adopted runs on the poll thread when these routes are adopted
     */
    public void offer(Routes next, Runnable adopted) {
        offered.set(new Offer(next, adopted));
    }

    /** Whether routes have been offered that read other topics. They can be adopted when nothing is in flight. */
    public boolean areOthersRead() {
        Offer next = offered.get();
        return next != null && !next.routes().readsTheSameAs(current);
    }

    /** Adopts what has been offered, if it reads the same topics. Poll thread only. */
    public boolean adoptForSameTopics() {
        Offer next = offered.get();
        if (next == null || !next.routes().readsTheSameAs(current)) {
            return false;
        }
        become(next);
        return true;
    }

    /** Adopts what has been offered. Poll thread only. */
    public boolean adopt() {
        Offer next = offered.get();
        if (next == null) {
            return false;
        }
        become(next);
        return true;
    }

    /** What has been offered meanwhile is adopted the next time. */
    private void become(Offer next) {
        offered.compareAndSet(next, null);
        current = next.routes();
        next.adopted().run();
    }
}

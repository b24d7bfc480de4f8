package io.iotdarelay.metrics;

import io.iotdarelay.telemetry.RejectionReason;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The counts of records as the meters show them: always one publication of the poll thread, and the same one from the first
 * meter of a scrape to the last. Meters are added and removed only between scrapes.
 */
final class RecordCounts {

    /**
     * The counts of one route.
     *
     * @param superseded of the skipped ones, those that newer records replaced
     */
    record OfRoute(
            long begun,
            long delivered,
            long skipped,
            long abandoned,
            Map<RejectionReason, Long> rejected,
            long reportsDelivered,
            long reportsRejected,
            long superseded,
            long reportsSuperseded) {

        static final OfRoute NONE = new OfRoute(0, 0, 0, 0, Map.of(), 0, 0, 0, 0);

        OfRoute {
            rejected = Map.copyOf(rejected);
        }

        long rejected(RejectionReason reason) {
            return rejected.getOrDefault(reason, 0L);
        }

        long inFlight() {
            return begun
                    - delivered
                    - skipped
                    - abandoned
                    - rejected.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private final ReentrantLock scraping = new ReentrantLock();
    private final AtomicReference<@Nullable Runnable> pending = new AtomicReference<>();
    private volatile Map<String, OfRoute> published = Map.of();
    private volatile Map<String, OfRoute> shown = Map.of();

    /** Replaces all counts at once; a scrape in progress keeps seeing the old ones. */
    void publish(Map<String, OfRoute> counts) {
        published = Map.copyOf(counts);
        if (scraping.tryLock()) {
            try {
                shown = published;
            } finally {
                scraping.unlock();
            }
        }
    }

    /** Reads meters while the counts do not change. */
    <T> T scrape(Supplier<T> read) {
        scraping.lock();
        try {
            shown = published;
            changePending();
            return read.get();
        } finally {
            scraping.unlock();
        }
    }

    /**
     * Changes which meters there are, before the next scrape and while none is running. Nobody waits: a change during a scrape is made
     * before the next one, and replaces earlier ones.
     */
    void betweenScrapes(Runnable change) {
        pending.set(change);
        if (scraping.tryLock()) {
            try {
                changePending();
            } finally {
                scraping.unlock();
            }
        }
    }

    private void changePending() {
        Runnable change = pending.getAndSet(null);
        if (change != null) {
            change.run();
        }
    }

    /** All counts, as they were published last. */
    Map<String, OfRoute> published() {
        return published;
    }

    /** The counts of a route that was published. */
    OfRoute of(String route) {
        return shown.getOrDefault(route, OfRoute.NONE);
    }
}

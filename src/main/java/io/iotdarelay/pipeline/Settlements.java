package io.iotdarelay.pipeline;

import io.iotdarelay.delivery.OutcomeSink;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The queue back to the poll thread. Any thread may add without ever blocking, not even on a lock; it never holds more
 * settlements than there are records in flight.
 */
public final class Settlements implements OutcomeSink {

    /**
     * How long more settlements are awaited after the first: a turn of the poll thread costs much more than a settlement, and would
     * otherwise be made for each of them.
     */
    private static final Duration GATHER = Duration.ofMillis(1);

    private final Queue<Settlement> queue = new ConcurrentLinkedQueue<>();
    private final Clock clock;
    private volatile @Nullable Thread waiting;

    public Settlements(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void accept(List<LaneEntry> entries, Outcome outcome) {
        add(new Settlement.Finished(entries, outcome, clock.instant()));
    }

    /** An operator resumes a route. */
    public void resume(String route) {
        add(new Settlement.RouteResumed(route));
    }

    /** A dead letter is to be sent again. Its order is told what became of it. */
    public void again(Redrives.Order order) {
        add(new Settlement.Again(order));
    }

    /** Does something short on the poll thread: where records are mapped. */
    public <T> CompletableFuture<T> onPollThread(Supplier<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        add(new Settlement.Task(() -> {
            try {
                done.complete(task.get());
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        }));
        return done;
    }

    /** Kafka has acknowledged a dead letter. */
    public void deadLetterWritten(RecordInFlight record, Rejection rejection) {
        add(new Settlement.DeadLetterWritten(record, rejection));
    }

    private void add(Settlement settlement) {
        queue.add(settlement);
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** All of them; waits at most about this long for the first. Poll thread only. */
    List<Settlement> take(Duration wait) {
        if (queue.isEmpty() && wait.isPositive()) {
            waiting = Thread.currentThread();
            if (queue.isEmpty()) {
                LockSupport.parkNanos(this, wait.toNanos());
            }
            waiting = null;
            LockSupport.parkNanos(this, GATHER.toNanos());
        }
        List<Settlement> taken = new ArrayList<>();
        for (Settlement next = queue.poll(); next != null; next = queue.poll()) {
            taken.add(next);
        }
        return taken;
    }
}

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
import java.util.concurrent.RejectedExecutionException;
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
    private volatile boolean ended;

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

    /**
     * Does something short on the poll thread: where records are mapped. Fails with {@link RejectedExecutionException} while that drains, and
     * once it has ended.
     */
    public <T> CompletableFuture<T> onPollThread(Supplier<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        add(new Settlement.Task(
                () -> {
                    try {
                        done.complete(task.get());
                    } catch (RuntimeException e) {
                        done.completeExceptionally(e);
                    }
                },
                () -> done.completeExceptionally(
                        new RejectedExecutionException("the relay does not map records at the moment"))));
        return done;
    }

    /** Kafka has acknowledged a dead letter. */
    public void deadLetterWritten(RecordInFlight record, Rejection rejection) {
        add(new Settlement.DeadLetterWritten(record, rejection));
    }

    /** The poll thread begins. */
    void begin() {
        ended = false;
    }

    /** The poll thread has ended: nobody is left waiting for it. */
    void end() {
        ended = true;
        for (Settlement next = queue.poll(); next != null; next = queue.poll()) {
            switch (next) {
                case Settlement.Again again -> again.order().ended().accept(new Redrives.End.NotOurs());
                case Settlement.Task task -> task.refused().run();
                case Settlement.Finished ignored -> {}
                case Settlement.DeadLetterWritten ignored -> {}
                case Settlement.RouteResumed ignored -> {}
            }
        }
    }

    private void add(Settlement settlement) {
        queue.add(settlement);
        if (ended) {
            end();
        }
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

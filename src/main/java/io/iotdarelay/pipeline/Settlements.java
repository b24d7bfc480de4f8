package io.iotdarelay.pipeline;

import io.iotdarelay.delivery.OutcomeSink;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The way back to the poll thread. Anybody may add, without ever waiting; there are never more settlements in it than records
 * in flight.
 */
public final class Settlements implements OutcomeSink {

    private final BlockingQueue<Settlement> queue = new LinkedBlockingQueue<>();
    private final Clock clock;

    public Settlements(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void accept(List<RecordInFlight> records, Outcome outcome) {
        queue.add(new Settlement.Finished(records, outcome, clock.instant()));
    }

    /** Kafka has acknowledged a dead letter. */
    public void deadLetterWritten(RecordInFlight record, Rejection rejection) {
        queue.add(new Settlement.DeadLetterWritten(record, rejection));
    }

    /** All that is there; waits at most so long for the first. Poll thread only. */
    List<Settlement> take(Duration wait) {
        List<Settlement> taken = new ArrayList<>();
        try {
            Settlement first = wait.isZero() ? queue.poll() : queue.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
            if (first != null) {
                taken.add(first);
                queue.drainTo(taken);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return taken;
    }
}

package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A query that is repeated without blocking, and its latest result. Belongs to one thread. */
final class Inquiry<T> {

    private static final Logger log = LoggerFactory.getLogger(Inquiry.class);

    private final Duration interval;
    private T latest;
    private CompletableFuture<T> asked;
    private Instant askedAt = Instant.EPOCH;

    /**
     * A query that has not been made yet.
     *
     * @param interval how often it may be asked
     * @param first the result until there is one
     */
    Inquiry(Duration interval, T first) {
        this.interval = interval;
        this.latest = first;
        this.asked = CompletableFuture.completedFuture(first);
    }

    /** The latest result; starts the next query if it is time. A failed query leaves the result as it is. */
    T latest(Instant now, Supplier<CompletableFuture<T>> question) {
        T answer = latest();
        if (asked.isDone() && !now.isBefore(askedAt.plus(interval))) {
            askedAt = now;
            asked = question.get();
        }
        return answer;
    }

    /** The latest result. */
    T latest() {
        if (asked.state() == Future.State.SUCCESS) {
            latest = asked.resultNow();
        } else if (asked.state() == Future.State.FAILED) {
            log.atDebug()
                    .addKeyValue("reason", asked.exceptionNow().toString())
                    .log("The brokers do not answer a question about the cluster");
        }
        return latest;
    }

    /** Forgets the result, and any query in progress. */
    void restart(T first) {
        latest = first;
        asked = CompletableFuture.completedFuture(first);
        askedAt = Instant.EPOCH;
    }
}

package io.iotdarelay.settle;

import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the dead letters of one topic, and retries each until Kafka acknowledges it, its partition leaves, or another topic is its place. A
 * Kafka producer may block (for metadata, or when its buffer is full), so there is a thread for the topic; other threads only enqueue.
 */
final class DeadLetterWriter {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterWriter.class);

    /** No error. */
    private static final String NONE = "";

    private final DeadLetterTopic topic;
    private final ScheduledExecutorService thread;
    private final String consumerGroup;
    private final Clock clock;
    private final Backoff backoff;
    private final Predicate<DeadLetter> handedOn;
    private final BiConsumer<RecordInFlight, Rejection> acknowledged;

    /**
     * Dead letters that were handed over and are not acknowledged, each with its last error. One of a previous assignment may exist
     * at the same time as that of the same record under the current one.
     */
    private final Map<RecordInFlight, String> underWay = new ConcurrentHashMap<>();

    /** How many of them failed; never more than there are. */
    private final AtomicInteger troubled = new AtomicInteger();

    private final LongAdder written = new LongAdder();

    /**
     * A writer.
     *
     * @param topic where it writes; checked elsewhere
     * @param thread one thread, for the topic alone
     * @param clock for the time when a record failed
     * @param backoff between attempts to write the same one
     * @param handedOn hands a letter to the writer of another topic if it belongs there now, and tells whether it did
     * @param acknowledged called for each dead letter that Kafka has acknowledged, on the producer's thread
     */
    DeadLetterWriter(
            DeadLetterTopic topic,
            ScheduledExecutorService thread,
            String consumerGroup,
            Clock clock,
            Backoff backoff,
            Predicate<DeadLetter> handedOn,
            BiConsumer<RecordInFlight, Rejection> acknowledged) {
        this.topic = topic;
        this.thread = thread;
        this.consumerGroup = consumerGroup;
        this.clock = clock;
        this.backoff = backoff;
        this.handedOn = handedOn;
        this.acknowledged = acknowledged;
    }

    /** Enqueues the dead letter of a record that failed as a whole. Returns at once. */
    void write(RecordInFlight record, Rejection rejection) {
        write(record, rejection, null);
    }

    /**
     * Enqueues a dead letter. Returns at once.
     *
     * @param parts which parts of the record failed; without them it failed as a whole
     */
    void write(RecordInFlight record, Rejection rejection, @Nullable FailedParts parts) {
        accept(new DeadLetter(
                record, rejection, DeadLetterHeaders.of(record, rejection, parts, consumerGroup, clock.instant()), 1));
    }

    /** Enqueues a letter, whether or not another writer has tried it. Returns at once. */
    void accept(DeadLetter letter) {
        underWay.put(letter.record(), NONE);
        attempt(letter);
    }

    /** Whether it is pointless to wait for dead letters now: there are none, or none that can be written. */
    boolean isIdle() {
        return underWay.size() <= troubled.get();
    }

    /** Whether every dead letter has been written, or has left. */
    boolean isDone() {
        return underWay.isEmpty();
    }

    /** The source partitions with dead letters that cannot be written, and why; empty if there are none. */
    Map<SourcePartition, String> trouble() {
        if (troubled.get() == 0) {
            return Map.of();
        }
        Map<SourcePartition, String> trouble = new HashMap<>();
        underWay.forEach((record, why) -> {
            if (!why.isEmpty()) {
                trouble.putIfAbsent(record.record().position().sourcePartition(), why);
            }
        });
        return trouble;
    }

    /** Where the oldest record of each partition is whose dead letter is being written. */
    Map<SourcePartition, Whereabouts> oldest() {
        Map<SourcePartition, Whereabouts> oldest = new HashMap<>();
        underWay.forEach((record, trouble) -> {
            RecordPosition position = record.record().position();
            oldest.merge(
                    position.sourcePartition(),
                    new Whereabouts(
                            position,
                            null,
                            "dead-letter",
                            "its dead letter is being written" + (trouble.isEmpty() ? "" : ", after " + trouble)),
                    Whereabouts::older);
        });
        return oldest;
    }

    DeadLetterStatus status() {
        return new DeadLetterStatus(
                topic.name(),
                written.sum(),
                troubled.get(),
                underWay.values().stream()
                        .filter(trouble -> !trouble.isEmpty())
                        .findFirst()
                        .or(topic::trouble));
    }

    private void attempt(DeadLetter letter) {
        try {
            thread.execute(() -> send(letter));
        } catch (RejectedExecutionException e) {
            log.atDebug().log("A dead letter came after shutdown; its offset is not committed");
        }
    }

    private void send(DeadLetter letter) {
        if (letter.record().isAbandoned()) {
            remove(letter);
            return;
        }
        // No attempt of this letter is under way, so that it is never written to both.
        if (handedOn.test(letter)) {
            remove(letter);
            return;
        }
        Optional<Producer<byte[], byte[]>> producer = topic.producer();
        if (producer.isEmpty()) {
            failed(letter, topic.trouble().orElse("there is no connection to Kafka yet"));
            return;
        }
        try {
            Future<?> unused =
                    producer.get().send(letter.to(topic.name()), (metadata, failure) -> completed(letter, failure));
        } catch (RuntimeException e) {
            completed(letter, e);
        }
    }

    private void completed(DeadLetter letter, @Nullable Exception failure) {
        if (failure == null) {
            written.increment();
            acknowledged.accept(letter.record(), letter.rejection());
            remove(letter);
        } else {
            failed(letter, topic.explain(failure));
        }
    }

    private void failed(DeadLetter letter, String why) {
        String before = underWay.put(letter.record(), why);
        if (NONE.equals(before) && troubled.incrementAndGet() == 1) {
            log.atError()
                    .addKeyValue("topic", topic.name())
                    .addKeyValue("reason", why)
                    .log("A dead letter cannot be written; its offset is not committed, and the write is retried");
        }
        try {
            Future<?> unused = thread.schedule(
                    () -> send(letter.again()), backoff.after(letter.attempts()).toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.atDebug().log("A dead letter failed during shutdown; its offset is not committed");
        }
    }

    private void remove(DeadLetter letter) {
        boolean hadTrouble = !NONE.equals(underWay.get(letter.record()));
        if (hadTrouble && troubled.decrementAndGet() == 0) {
            log.atInfo().addKeyValue("topic", topic.name()).log("No dead letter waits for this topic any more");
        }
        underWay.remove(letter.record());
    }
}

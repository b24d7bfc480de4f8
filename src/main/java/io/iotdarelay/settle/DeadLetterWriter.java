package io.iotdarelay.settle;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.SourcePartition;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes dead letters, each until Kafka acknowledges it or its partition leaves. A Kafka producer may block (for meta data,
 * or when its buffer is full), so it has a thread of its own; everybody else only hands over.
 */
public final class DeadLetterWriter {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterWriter.class);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);

    private final Producer<byte[], byte[]> producer;
    private final ScheduledExecutorService thread;
    private final String topic;
    private final String consumerGroup;
    private final Clock clock;
    private final BiConsumer<RecordInFlight, Rejection> acknowledged;

    private final Map<RecordPosition, String> unwritten = new ConcurrentHashMap<>();
    private final LongAdder written = new LongAdder();
    private final AtomicInteger underWay = new AtomicInteger();

    /**
     * A writer.
     *
     * @param thread one thread, for the producer alone
     * @param acknowledged told of each dead letter that Kafka has, on the producer's thread
     */
    public DeadLetterWriter(
            Producer<byte[], byte[]> producer,
            ScheduledExecutorService thread,
            String topic,
            String consumerGroup,
            Clock clock,
            BiConsumer<RecordInFlight, Rejection> acknowledged) {
        this.producer = producer;
        this.thread = thread;
        this.topic = topic;
        this.consumerGroup = consumerGroup;
        this.clock = clock;
        this.acknowledged = acknowledged;
    }

    /** Hands a dead letter over. Returns at once. */
    public void write(RecordInFlight record, Rejection rejection) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(
                topic,
                null,
                null,
                record.record().key(),
                record.record().value(),
                DeadLetterHeaders.of(record, rejection, consumerGroup, clock.instant()));
        underWay.incrementAndGet();
        attempt(new DeadLetter(record, rejection, letter, FIRST_RETRY));
    }

    /** Whether waiting for dead letters is in vain for now: there are none, or none that can be written. */
    public boolean isIdle() {
        return underWay.get() <= unwritten.size();
    }

    /** The source partitions that have dead letters which cannot be written, and why; empty while all is well. */
    public Map<SourcePartition, String> trouble() {
        if (unwritten.isEmpty()) {
            return Map.of();
        }
        Map<SourcePartition, String> trouble = new HashMap<>();
        unwritten.forEach((position, why) -> trouble.putIfAbsent(position.sourcePartition(), why));
        return trouble;
    }

    public DeadLetterStatus status() {
        return new DeadLetterStatus(
                topic,
                written.sum(),
                unwritten.size(),
                unwritten.values().stream().findFirst());
    }

    private void attempt(DeadLetter letter) {
        try {
            thread.execute(() -> send(letter));
        } catch (RejectedExecutionException e) {
            log.atDebug().log("A dead letter came after the end; its offset stays");
        }
    }

    private void send(DeadLetter letter) {
        if (letter.record().isAbandoned()) {
            unwritten.remove(letter.position());
            underWay.decrementAndGet();
            return;
        }
        try {
            Future<?> unused = producer.send(letter.content(), (metadata, failure) -> completed(letter, failure));
        } catch (RuntimeException e) {
            completed(letter, e);
        }
    }

    private void completed(DeadLetter letter, @Nullable Exception failure) {
        if (failure == null) {
            if (unwritten.remove(letter.position()) != null && unwritten.isEmpty()) {
                log.atInfo().addKeyValue("topic", topic).log("Dead letters can be written again");
            }
            written.increment();
            acknowledged.accept(letter.record(), letter.rejection());
            underWay.decrementAndGet();
            return;
        }
        String why = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        boolean first = unwritten.isEmpty();
        unwritten.put(letter.position(), why);
        if (first) {
            log.atError()
                    .addKeyValue("topic", topic)
                    .addKeyValue("reason", why)
                    .log("A dead letter cannot be written; its offset stays and it is tried again");
        }
        try {
            Future<?> unused =
                    thread.schedule(() -> send(letter.later()), letter.retry().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.atDebug().log("A dead letter failed at the end; its offset stays");
        }
    }

    private record DeadLetter(
            RecordInFlight record, Rejection rejection, ProducerRecord<byte[], byte[]> content, Duration retry) {

        RecordPosition position() {
            return record.record().position();
        }

        DeadLetter later() {
            Duration doubled = retry.multipliedBy(2);
            return new DeadLetter(record, rejection, content, doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY);
        }
    }
}

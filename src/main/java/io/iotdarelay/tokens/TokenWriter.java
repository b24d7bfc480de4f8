package io.iotdarelay.tokens;

import io.iotdarelay.kafka.ByteProducers;
import io.iotdarelay.kafka.KafkaFailure;
import io.iotdarelay.metrics.TokenStoreMeters;
import io.iotdarelay.telemetry.DeviceId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the topic of tokens. A Kafka producer may block, so there is a thread; other threads only enqueue. A record that cannot
 * be written is counted and forgotten: its token is written again later, if it is still the newest. A producer that may not survive a
 * failure is replaced, not at once.
 */
final class TokenWriter implements TokenLog {

    private static final Logger log = LoggerFactory.getLogger(TokenWriter.class);

    private static final int MOST_WAITING = 100_000;

    /** After a failure nobody waits for the topic for so long. */
    private static final Duration DOUBT = Duration.ofSeconds(30);

    /** The end of the process is not delayed for more than that: it saves authentications, not records. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final String topic;
    private final Envelope envelope;
    private final ExecutorService thread;
    private final Supplier<Producer<byte[], byte[]>> opener;
    private final LongSupplier nanoTime;
    private final TokenStoreMeters meters;
    private final AtomicInteger underWay = new AtomicInteger();
    private @Nullable Producer<byte[], byte[]> producer;
    private volatile boolean producerIsBroken;
    private volatile boolean readable;
    private volatile long doubtUntil;
    private volatile Optional<String> trouble = Optional.empty();

    /**
     * A writer that has not written yet.
     *
     * @param envelope of the thread alone
     * @param thread a single one
     * @param opener opens a producer, and closes the one that it opened before
     */
    TokenWriter(
            String topic,
            Envelope envelope,
            ExecutorService thread,
            Supplier<Producer<byte[], byte[]>> opener,
            LongSupplier nanoTime,
            TokenStoreMeters meters) {
        this.topic = topic;
        this.envelope = envelope;
        this.thread = thread;
        this.opener = opener;
        this.nanoTime = nanoTime;
        this.meters = meters;
        this.doubtUntil = nanoTime.getAsLong();
    }

    /** Whether the topic can be read at the moment: nothing is written while it cannot, because it may not exist. */
    void readable(boolean now) {
        readable = now;
    }

    /** Why records are not written, or do not come back, since the last one that was. */
    Optional<String> trouble() {
        return trouble;
    }

    @Override
    public boolean isUsable() {
        return isWorthTrying() && trouble.isEmpty();
    }

    @Override
    public boolean isWorthTrying() {
        return readable && isPastDoubt();
    }

    private boolean isPastDoubt() {
        return nanoTime.getAsLong() - doubtUntil >= 0;
    }

    @Override
    public void append(DeviceId device, Entry entry) {
        enqueue(device, entry);
    }

    @Override
    public void delete(DeviceId device) {
        enqueue(device, null);
    }

    @Override
    public void missed() {
        failed(trouble.orElse("a record was not read back within two seconds"));
    }

    private void enqueue(DeviceId device, @Nullable Entry entry) {
        if (!readable) {
            return;
        }
        if (underWay.incrementAndGet() > MOST_WAITING) {
            underWay.decrementAndGet();
            failed("more than " + MOST_WAITING + " records wait to be written");
            return;
        }
        try {
            thread.execute(() -> send(device, entry));
        } catch (RejectedExecutionException e) {
            underWay.decrementAndGet();
            log.atDebug().log("A token came after shutdown");
        }
    }

    private void send(DeviceId device, @Nullable Entry entry) {
        try {
            Optional<Producer<byte[], byte[]>> open = producer();
            if (open.isEmpty()) {
                underWay.decrementAndGet();
                meters.failed();
                return;
            }
            byte[] key = device.value().getBytes(StandardCharsets.US_ASCII);
            Future<?> unused = open.get()
                    .send(
                            new ProducerRecord<>(topic, key, entry == null ? null : envelope.seal(device, entry)),
                            (metadata, failure) -> completed(failure));
        } catch (RuntimeException | Error e) { // whatever it is, the next record may be written
            completed(e);
        }
    }

    /** The producer, or a new one if it is broken; empty if it is too early for that. */
    private Optional<Producer<byte[], byte[]>> producer() {
        if (producer == null || producerIsBroken) {
            if (!isPastDoubt()) {
                return Optional.empty();
            }
            producer = opener.get();
            producerIsBroken = false;
        }
        return Optional.ofNullable(producer);
    }

    private void completed(@Nullable Throwable failure) {
        underWay.decrementAndGet();
        if (failure == null) {
            written();
        } else {
            producerIsBroken |= !isSurvived(failure);
            failed(KafkaFailure.ofWriting(failure));
        }
    }

    /** Whether a producer is as good as before: it keeps trying by itself, or the failure was that of one record. */
    private static boolean isSurvived(Throwable failure) {
        return failure instanceof RetriableException
                || failure instanceof TopicAuthorizationException
                || failure instanceof RecordTooLargeException;
    }

    private void written() {
        if (trouble.isPresent()) {
            trouble = Optional.empty();
            log.atInfo().addKeyValue("topic", topic).log("The store of tokens can be written again");
        }
    }

    private void failed(String why) {
        meters.failed();
        doubtUntil = nanoTime.getAsLong() + DOUBT.toNanos();
        if (trouble.isEmpty()) {
            log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("reason", why)
                    .log("The store of tokens cannot be written; until it can, tokens are kept in memory only");
        }
        trouble = Optional.of(why);
    }

    /** Lets what was enqueued go out; whoever owns the producer closes it after that. */
    void close() {
        if (!ByteProducers.finish(thread, this::flush, CLOSE_TIMEOUT)) {
            log.atWarn().log("Not all tokens could be written in time; their devices may authenticate again");
        }
    }

    private void flush() {
        if (producer != null) {
            producer.flush();
        }
    }
}
